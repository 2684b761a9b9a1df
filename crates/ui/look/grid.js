// A grid over a text area of pasted cells (貼り付けた表). The text area stays what is sent; without script it is all there is.

const COLUMNS = 40;
const ROWS = 500;

/**
 * Cells divided by tabs and lines; a cell in quotes may hold both.
 * @param {string} text
 * @returns {string[][]}
 */
export function cellsOf(text) {
  const rows = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at];
    const row = rows[rows.length - 1];
    const last = row.length - 1;
    if (quoted) {
      if (letter === '"' && text[at + 1] === '"') {
        row[last] += '"';
        at += 1;
      } else if (letter === '"') quoted = false;
      else row[last] += letter;
    } else if (letter === '"' && row[last] === "") quoted = true;
    else if (letter === "\t") row.push("");
    else if (letter === "\n") rows.push([""]);
    else if (letter !== "\r") row[last] += letter;
  }
  if (rows.length > 1 && rows[rows.length - 1].join("") === "") rows.pop();
  return rows;
}

/**
 * The text of cells, as a spreadsheet would copy it.
 * @param {string[][]} rows
 * @returns {string}
 */
export function textOf(rows) {
  const cell = (text) => (/[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => row.map(cell).join("\t")).join("\n");
}

/**
 * The letters of a column, from 0.
 * @param {number} column
 * @returns {string}
 */
function letters(column) {
  return column < 26 ? String.fromCharCode(65 + column) : letters(Math.floor(column / 26) - 1) + letters(column % 26);
}

/** A grid beside its text area. */
class Grid {
  /** @param {HTMLElement} holder */
  constructor(holder) {
    this.holder = holder;
    this.area = holder.querySelector("textarea");
    this.table = document.createElement("table");
    this.table.className = "sk-grid";
    this.table.setAttribute("aria-label", holder.dataset.grid);
    const scroll = document.createElement("div");
    scroll.className = "sk-scroll";
    scroll.append(this.table);
    const add = document.createElement("button");
    add.type = "button";
    add.className = "sk-button sk-second sk-small";
    add.textContent = holder.dataset.add;
    add.addEventListener("click", () => this.put([...this.rows(), this.rows()[0].map(() => "")]));
    this.shown = document.createElement("div");
    this.shown.className = "sk-field";
    this.shown.append(scroll, add);
    holder.append(this.shown);
    this.area.addEventListener("input", () => this.draw());
    this.table.addEventListener("input", () => this.keep());
    this.table.addEventListener("paste", (event) => this.paste(event));
    this.draw();
  }

  /** @returns {string[][]} */
  rows() {
    return cellsOf(this.area.value);
  }

  /** Takes these cells. @param {string[][]} rows */
  put(rows) {
    this.area.value = textOf(rows);
    this.draw();
  }

  /** Writes what the grid holds into the text area. */
  keep() {
    const rows = [...this.table.tBodies[0].rows].map((row) => [...row.querySelectorAll("input")].map((input) => input.value));
    this.area.value = textOf(rows);
  }

  /** Draws the grid anew; large ones stay text. */
  draw() {
    const rows = this.rows();
    const width = Math.max(...rows.map((row) => row.length));
    const fits = this.area.value.trim() !== "" && width <= COLUMNS && rows.length <= ROWS && !rows.flat().some((cell) => cell.includes("\n"));
    this.shown.hidden = !fits;
    this.table.replaceChildren();
    if (!fits) return;
    const faults = this.faults();
    const head = this.table.createTHead().insertRow();
    for (let column = -1; column < width; column += 1) {
      const th = document.createElement("th");
      th.scope = "col";
      th.textContent = column < 0 ? this.holder.dataset.row : letters(column);
      head.append(th);
    }
    const body = this.table.createTBody();
    rows.forEach((cells, index) => {
      const row = body.insertRow();
      const th = document.createElement("th");
      th.scope = "row";
      th.textContent = String(index + 1);
      row.append(th);
      for (let column = 0; column < width; column += 1) row.insertCell().append(this.cell(index, column, cells[column] ?? "", faults));
    });
  }

  /** One cell. */
  cell(row, column, text, faults) {
    const place = `${letters(column)}${row + 1}`;
    const input = document.createElement("input");
    input.value = text;
    input.setAttribute("aria-label", place);
    input.dataset.row = String(row);
    input.dataset.column = String(column);
    const fault = faults.get(place);
    if (!fault) return input;
    input.setAttribute("aria-invalid", "true");
    const said = document.createElement("p");
    said.className = "sk-error";
    said.id = `sk-cell-${place}`;
    said.textContent = fault;
    input.setAttribute("aria-describedby", said.id);
    const both = document.createElement("div");
    both.append(input, said);
    return both;
  }

  /** What is wrong with which cell, as the page lists it. */
  faults() {
    const listed = [...document.querySelectorAll("[data-cell]")];
    return new Map(listed.map((item) => [item.dataset.cell, item.textContent.replace(/^[^：]*：/, "")]));
  }

  /** Spreads copied cells from the one where they are pasted. @param {ClipboardEvent} event */
  paste(event) {
    const text = event.clipboardData?.getData("text/plain") ?? "";
    const input = event.target.closest("input");
    if (!input || !/[\t\n]/.test(text)) return;
    event.preventDefault();
    const [top, left] = [Number(input.dataset.row), Number(input.dataset.column)];
    const rows = this.rows();
    cellsOf(text).forEach((cells, index) => {
      rows[top + index] ??= [];
      cells.forEach((cell, column) => {
        rows[top + index][left + column] = cell;
      });
      for (let column = 0; column < rows[top + index].length; column += 1) rows[top + index][column] ??= "";
    });
    this.put(rows);
  }
}

/**
 * Puts a grid over every text area for cells.
 * @param {ParentNode} root
 */
export function enhanceGrids(root) {
  for (const holder of root.querySelectorAll("[data-grid]")) new Grid(holder);
}
