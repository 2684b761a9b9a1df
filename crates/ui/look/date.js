// Days typed as 和暦 or ISO: says the day back in 和暦 with its weekday, and offers the browser's calendar.

/** First day of each era; a year in an era counts from that day's year. */
const ERAS = [
  { mark: "R", name: "令和", from: "2019-05-01" },
  { mark: "H", name: "平成", from: "1989-01-08" },
  { mark: "S", name: "昭和", from: "1926-12-25" },
  { mark: "T", name: "大正", from: "1912-07-30" },
  { mark: "M", name: "明治", from: "1868-01-01" },
];

/**
 * Reads a day as the server does.
 * @param {string} text
 * @returns {Date | undefined} the day at midnight UTC
 */
export function readDay(text) {
  const plain = text.normalize("NFKC").replace(/\s/gu, "").toUpperCase();
  const found = /^(令和|平成|昭和|大正|明治|[RHSTM])?(元|\d{1,4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?$/u.exec(plain);
  if (!found) return undefined;
  const [, eraText, yearText, month, day] = found;
  const era = ERAS.find(({ mark, name }) => eraText === mark || eraText === name);
  if (!era && yearText.length !== 4) return undefined;
  const number = yearText === "元" ? 1 : Number(yearText);
  const year = era ? Number(era.from.slice(0, 4)) + number - 1 : number;
  const date = new Date(Date.UTC(year, Number(month) - 1, Number(day)));
  const exists = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  // The day must have been in the era that was named.
  return exists && (!era || eraOf(date) === era) ? date : undefined;
}

/**
 * A day in 和暦 with its weekday: 令和8年4月1日(水).
 * @param {Date} date
 * @returns {string}
 */
export function sayDay(date) {
  const era = eraOf(date);
  const since = era ? date.getUTCFullYear() - Number(era.from.slice(0, 4)) + 1 : date.getUTCFullYear();
  const year = `${era?.name ?? ""}${era && since === 1 ? "元" : since}`;
  return `${year}年${date.getUTCMonth() + 1}月${date.getUTCDate()}日(${"日月火水木金土"[date.getUTCDay()]})`;
}

/** @param {Date} date */
function eraOf(date) {
  const iso = date.toISOString().slice(0, 10);
  return ERAS.find(({ from }) => iso >= from);
}

/**
 * Adds the echo and the calendar to every date field.
 * @param {ParentNode} root
 */
export function enhanceDates(root) {
  for (const box of root.querySelectorAll(".sk-date")) {
    const input = box.querySelector("input");
    const echo = box.querySelector("output");
    const tell = () => {
      const day = readDay(input.value);
      echo.textContent = day ? sayDay(day) : "";
    };
    input.addEventListener("input", tell);
    tell();
    if ("showPicker" in HTMLInputElement.prototype) box.insertBefore(calendar(box, input, tell), echo);
  }
}

/**
 * A button that opens the browser's own calendar and writes what was chosen.
 * @param {HTMLElement} box
 * @param {HTMLInputElement} input
 * @param {() => void} tell
 * @returns {HTMLButtonElement}
 */
function calendar(box, input, tell) {
  const native = document.createElement("input");
  native.type = "date";
  native.className = "sk-calendar";
  native.tabIndex = -1;
  native.setAttribute("aria-hidden", "true");
  native.addEventListener("change", () => {
    input.value = native.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    tell();
    input.focus();
  });
  box.append(native);

  const button = document.createElement("button");
  button.type = "button";
  button.textContent = box.dataset.calendar;
  button.addEventListener("click", () => {
    native.value = readDay(input.value)?.toISOString().slice(0, 10) ?? "";
    native.showPicker();
  });
  return button;
}
