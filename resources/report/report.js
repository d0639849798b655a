"use strict";
(() => {
  const table = document.querySelector("table");
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const heads = [...table.tHead.rows[0].cells];
  const value = (row, column) => {
    const cell = row.cells[column];
    return "value" in cell.dataset ? Number(cell.dataset.value) : cell.textContent;
  };
  heads.forEach((head, column) => {
    head.querySelector("button").addEventListener("click", () => {
      const numbers = head.classList.contains("number");
      // Numbers begin with the greatest; a third click brings back the order of the network.
      const turns = numbers ? ["descending", "ascending", "none"] : ["ascending", "descending", "none"];
      const next = turns[(turns.indexOf(head.getAttribute("aria-sort")) + 1) % 3];
      heads.forEach((other) => other.setAttribute("aria-sort", "none"));
      head.setAttribute("aria-sort", next);
      const sorted = [...rows];
      if (next !== "none") {
        const sign = next === "ascending" ? 1 : -1;
        sorted.sort((one, other) => {
          const a = value(one, column), b = value(other, column);
          return sign * (typeof a === "number" ? a - b : a.localeCompare(b, undefined, { numeric: true }));
        });
      }
      body.append(...sorted);
    });
  });
  document.querySelector("input[type=search]").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLowerCase();
    rows.forEach((row) => { row.hidden = !row.textContent.toLowerCase().includes(wanted); });
  });
})();
