"use strict";
// A table that is wider than the page shows each row as a block of named values; matrices stay tables that scroll.
{
  const tables = Array.from(document.querySelectorAll(".scroll:not(.matrix) > table"));
  for (const table of tables) {
    const names = Array.from(table.querySelectorAll("thead th"), cell => cell.textContent);
    for (const row of table.querySelectorAll("tbody tr")) {
      Array.from(row.cells).forEach((cell, i) => {
        cell.dataset.name = names[i];
        if (cell.textContent.length > 40) cell.classList.add("long-text");
      });
    }
  }

  const roles = { TABLE: "table", TBODY: "rowgroup", THEAD: "rowgroup", TR: "row", TD: "cell" };
  const setRoles = (table, stacked) => {
    for (const element of [table, ...table.querySelectorAll("tbody, thead, tr, td, th")]) {
      const role = roles[element.tagName] ?? (element.scope === "row" ? "rowheader" : "columnheader");
      if (stacked) element.setAttribute("role", role); else element.removeAttribute("role");
    }
  };
  const fit = () => {
    for (const table of tables) table.classList.remove("stacked");
    const wide = tables.filter(table => table.scrollWidth > table.parentElement.clientWidth + 1 && table.parentElement.clientWidth > 0);
    for (const table of tables) {
      const stacked = wide.includes(table);
      table.classList.toggle("stacked", stacked);
      if (stacked !== table.hasAttribute("role")) setRoles(table, stacked);
    }
  };
  window.addEventListener("resize", fit);
  for (const details of document.querySelectorAll("details")) details.addEventListener("toggle", fit);
  fit();
}

// The line charts: the mouse or the arrow keys choose a row of the table behind, which is then read out under the picture.
for (const figure of document.querySelectorAll("figure.lines")) {
  const table = figure.querySelector("details table");
  const plot = figure.querySelector(".plot");
  const readout = figure.querySelector(".readout");
  const names = Array.from(table.querySelectorAll("thead th"), cell => cell.textContent);
  const rows = Array.from(table.querySelectorAll("tbody tr"), row => Array.from(row.cells, cell => cell.textContent));
  if (rows.length === 0) continue;
  const first = Number(figure.dataset.first);
  const range = Number(figure.dataset.last) - first || 1;
  const places = rows.map(row => (parseFloat(row[0]) - first) / range);
  const cursor = document.createElement("div");
  cursor.className = "cursor";
  cursor.hidden = true;
  plot.append(cursor);
  let chosen = rows.length - 1;

  const show = index => {
    chosen = Math.max(0, Math.min(rows.length - 1, index));
    const row = rows[chosen];
    const values = names.slice(1).map((name, i) => row[i + 1] === "" ? null : name + " " + row[i + 1]);
    readout.textContent = names[0] + " " + row[0] + ": " + values.filter(value => value !== null).join(", ");
    cursor.style.left = 100 * places[chosen] + "%";
  };

  plot.tabIndex = 0;
  plot.setAttribute("role", "group");
  plot.setAttribute("aria-label", figure.querySelector("figcaption").textContent + ": arrow keys read the points");
  plot.addEventListener("pointermove", event => {
    const box = plot.getBoundingClientRect();
    const place = (event.clientX - box.left) / box.width;
    let nearest = 0;
    for (let i = 1; i < places.length; i++) {
      if (Math.abs(places[i] - place) < Math.abs(places[nearest] - place)) nearest = i;
    }
    cursor.hidden = false;
    show(nearest);
  });
  plot.addEventListener("pointerleave", () => { cursor.hidden = document.activeElement !== plot; });
  plot.addEventListener("focus", () => { cursor.hidden = false; readout.setAttribute("aria-live", "polite"); });
  plot.addEventListener("blur", () => { cursor.hidden = true; readout.removeAttribute("aria-live"); });
  plot.addEventListener("keydown", event => {
    const moves = { ArrowLeft: chosen - 1, ArrowRight: chosen + 1, Home: 0, End: rows.length - 1 };
    if (!(event.key in moves)) return;
    event.preventDefault();
    show(moves[event.key]);
  });
  show(chosen);
}
