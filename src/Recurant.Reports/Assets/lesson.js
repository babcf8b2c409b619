"use strict";
// The unrolled network: a view, a slider over time, and the equations of the node that is chosen.
{
  const data = JSON.parse(document.getElementById("lesson-data").textContent);
  const picture = document.querySelector("svg.network");
  const slider = document.getElementById("lesson-time");
  const word = document.getElementById("lesson-word");
  const panel = document.getElementById("lesson-panel");
  const views = Array.from(document.querySelectorAll("input[name=view]"));
  const nodes = Array.from(picture.querySelectorAll(".node"));
  const kindOf = key => key.slice(0, key.indexOf("-"));
  let chosen = nodes.find(node => node.dataset.key === "h0-1");

  const add = (parent, name, text, style) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (style !== undefined) element.className = style;
    parent.append(element);
    return element;
  };

  const addMatrix = matrix => {
    const region = add(panel, "div", undefined, "scroll matrix");
    region.tabIndex = 0;
    region.setAttribute("role", "region");
    region.setAttribute("aria-label", matrix.name);
    const table = add(region, "table");
    add(table, "caption", matrix.name + matrix.left_out);
    matrix.rows.forEach((cells, i) => {
      const row = add(add(table, i === 0 ? "thead" : "tbody"), "tr");
      cells.forEach((cell, j) => {
        const element = add(row, i === 0 || j === 0 ? "th" : "td", cell, "number");
        if (i === 0 || j === 0) element.scope = i === 0 ? "col" : "row";
      });
    });
  };

  const show = () => {
    const view = views.find(button => button.checked).value;
    const time = Number(slider.value);
    picture.dataset.view = view;
    word.textContent = time + " " + data.words[time - 1];
    // What is not computed yet is pale. The direction that reads from the end, and the backward pass, go from right to left.
    const isLater = (first, last, direction) =>
      view !== "update" && ((view === "forward") === (direction === "0") ? last > time : first < time);
    for (const node of nodes) {
      const step = Number(node.dataset.step);
      node.classList.toggle("later", isLater(step, step, node.dataset.direction));
      node.classList.toggle("now", step === time);
      node.classList.toggle("chosen", node === chosen);
    }

    for (const edge of picture.querySelectorAll(".edge")) {
      const ends = [Number(edge.dataset.from), Number(edge.dataset.to)];
      const [first, last] = view === "forward" ? [Math.min(...ends), Math.max(...ends)] : [Math.max(...ends), Math.min(...ends)];
      edge.classList.toggle("later", isLater(first, last, edge.dataset.direction));
    }

    const content = data[view][chosen.dataset.key];
    panel.replaceChildren();
    add(panel, "h3", content.title);
    for (const equation of content.equations) {
      const formula = add(panel, "p", undefined, "formula");
      add(formula, "code", equation.formula);
      add(formula, "span", equation.shapes);
      if (equation.note !== "") add(panel, "p", equation.note, "remark");
      add(panel, "div", equation.lines, "numbers");
    }

    for (const matrix of content.matrices) addMatrix(matrix);
  };

  const choose = node => {
    if (node === chosen) return;
    chosen = node;
    show();
  };

  const moveTo = node => {
    slider.value = node.dataset.step;
    chosen = node;
    show();
  };

  for (const node of nodes) {
    node.addEventListener("pointerenter", event => { if (event.pointerType === "mouse") choose(node); });
    node.addEventListener("focus", () => choose(node));
    node.addEventListener("click", () => moveTo(node));
    node.addEventListener("keydown", event => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        moveTo(node);
        return;
      }

      const away = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (away === undefined) return;
      event.preventDefault();
      const key = kindOf(node.dataset.key) + "-" + (Number(node.dataset.step) + away);
      const next = nodes.find(other => other.dataset.key === key);
      if (next === undefined) return;
      moveTo(next);
      next.focus();
    });
  }

  slider.addEventListener("input", () => {
    const same = nodes.find(node => node.dataset.key === kindOf(chosen.dataset.key) + "-" + slider.value);
    chosen = same ?? nodes.find(node => node.dataset.key === "h0-" + slider.value);
    show();
    const box = picture.parentElement;
    const place = (Number(slider.value) - 0.5) / data.words.length * picture.clientWidth;
    box.scrollLeft = place - box.clientWidth / 2;
  });
  for (const button of views) {
    button.addEventListener("change", () => {
      // The gradient starts at the end.
      if (button.value === "backward" && slider.value === "1") slider.value = slider.max;
      const same = nodes.find(node => node.dataset.key === kindOf(chosen.dataset.key) + "-" + slider.value);
      chosen = same ?? chosen;
      show();
    });
  }

  show();
}
