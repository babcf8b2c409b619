"use strict";
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
  const places = rows.map(row => (Number(row[0]) - first) / range);
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
