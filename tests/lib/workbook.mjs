// A workbook of texts, made by hand: the smallest that Excel would open, in a ZIP without compression.

const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** The CRC-32 of bytes. */
function crc(bytes) {
  let value = 0xffffffff;
  for (const byte of bytes) value = TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

/** A number in so many bytes, the lowest first. */
function low(value, bytes) {
  return Array.from({ length: bytes }, (_, at) => Math.floor(value / 2 ** (8 * at)) % 256);
}

/** Files as a ZIP. */
function zip(files) {
  const [local, central] = [[], []];
  let at = 0;
  for (const [name, text] of files) {
    const [path, bytes] = [Buffer.from(name), Buffer.from(text)];
    const facts = [...low(20, 2), ...low(0x0800, 2), ...low(0, 2), ...low(0, 4), ...low(crc(bytes), 4), ...low(bytes.length, 4), ...low(bytes.length, 4), ...low(path.length, 2), ...low(0, 2)];
    const head = Buffer.from([0x50, 0x4b, 3, 4, ...facts]);
    local.push(head, path, bytes);
    central.push(Buffer.from([0x50, 0x4b, 1, 2, ...low(20, 2), ...facts, ...low(0, 2), ...low(0, 2), ...low(0, 2), ...low(0, 4), ...low(at, 4)]), path);
    at += head.length + path.length + bytes.length;
  }
  const size = central.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.from([0x50, 0x4b, 5, 6, ...low(0, 4), ...low(files.length, 2), ...low(files.length, 2), ...low(size, 4), ...low(at, 4), ...low(0, 2)]);
  return Buffer.concat([...local, ...central, end]);
}

/** A workbook with these rows on its one sheet. */
export function workbook(rows) {
  const safe = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const cell = (text) => `<c t="inlineStr"><is><t>${safe(text)}</t></is></c>`;
  const data = rows.map((row, at) => `<row r="${at + 1}">${row.map(cell).join('')}</row>`).join('');
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const packed = 'http://schemas.openxmlformats.org/package/2006';
  return zip([
    ['[Content_Types].xml', `<Types xmlns="${packed}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`],
    ['_rels/.rels', `<Relationships xmlns="${packed}/relationships"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`],
    ['xl/workbook.xml', `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="一覧" sheetId="1" r:id="r1"/></sheets></workbook>`],
    ['xl/_rels/workbook.xml.rels', `<Relationships xmlns="${packed}/relationships"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`],
    ['xl/worksheets/sheet1.xml', `<worksheet xmlns="${main}"><sheetData>${data}</sheetData></worksheet>`],
  ]);
}
