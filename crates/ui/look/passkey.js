// Passkeys (パスキー): hands the question of a form to the browser, and the browser's answer to the form. Without script
// the form stays hidden, and the page says why.

/**
 * The bytes of a base64url text.
 * @param {string} text
 * @returns {Uint8Array}
 */
function bytes(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

/**
 * The base64url text of bytes.
 * @param {ArrayBuffer} buffer
 * @returns {string}
 */
function text(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * A question as the browser wants it: with bytes where JSON has texts.
 * @param {string} json
 */
function question(json) {
  const { publicKey } = JSON.parse(json);
  publicKey.challenge = bytes(publicKey.challenge);
  if (publicKey.user) publicKey.user.id = bytes(publicKey.user.id);
  for (const list of ["excludeCredentials", "allowCredentials"]) {
    publicKey[list] = (publicKey[list] ?? []).map((key) => ({ ...key, id: bytes(key.id) }));
  }
  return { publicKey };
}

/**
 * The browser's answer as JSON.
 * @param {PublicKeyCredential} credential
 * @returns {string}
 */
function answer({ id, rawId, type, response }) {
  const said = { clientDataJSON: text(response.clientDataJSON) };
  if (response.attestationObject) {
    said.attestationObject = text(response.attestationObject);
  } else {
    said.authenticatorData = text(response.authenticatorData);
    said.signature = text(response.signature);
    said.userHandle = response.userHandle ? text(response.userHandle) : null;
  }
  return JSON.stringify({ id, rawId: text(rawId), type, response: said });
}

/**
 * Shows the forms that ask for a passkey, and asks when one is sent.
 * @param {ParentNode} root
 */
export function enablePasskeys(root) {
  if (!globalThis.PublicKeyCredential) return;
  for (const form of root.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const told = form.querySelector("[role=alert]");
      told.hidden = true;
      try {
        const asked = question(form.dataset.question);
        const create = form.dataset.passkey === "create";
        const credential = await (create ? navigator.credentials.create(asked) : navigator.credentials.get(asked));
        form.elements.namedItem("credential").value = answer(credential);
        form.submit();
      } catch {
        // Cancelled, too late, or none that fits: the browser has said which.
        told.textContent = form.dataset.failed;
        told.hidden = false;
      }
    });
  }
}
