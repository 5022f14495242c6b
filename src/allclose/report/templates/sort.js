"use strict";
// Every heading of a sortable table becomes a button; empty cells stay at the end, whichever way is up.
const number = text => /^[-−]?\d+(\.\d+)?( %)?$/.test(text) ? parseFloat(text.replace("−", "-")) : NaN;
const compare = (one, other) => {
  const [first, second] = [number(one), number(other)];
  return Number.isNaN(first) || Number.isNaN(second)
    ? one.localeCompare(other, undefined, { numeric: true }) : first - second;
};
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const way = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      heads.forEach(each => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", way);
      const rows = [...table.tBodies[0].rows].map(row => [row.cells[column].textContent.trim(), row]);
      const filled = rows.filter(([text]) => text && text !== "–");
      filled.sort(([one], [other]) => way === "ascending" ? compare(one, other) : compare(other, one));
      const empty = rows.filter(([text]) => !text || text === "–");
      table.tBodies[0].append(...[...filled, ...empty].map(([, row]) => row));
    });
  });
}
