/* The workbench: a cell of the sheet and the row that it was read as mark each other; arrows move in the sheet. */
(function () {
  "use strict";
  function each(selector, does) { Array.prototype.forEach.call(document.querySelectorAll(selector), does); }
  function bare(cell) { return cell.slice(cell.lastIndexOf("!") + 1); }
  function sheetOf(cell) { return cell.indexOf("!") < 0 ? null : cell.slice(0, cell.lastIndexOf("!")); }

  /* A link to a cell on another sheet of the file leads there by itself. */
  function mark(cell, from) {
    var table = document.querySelector(".cells");
    if (!table) return false;
    var elsewhere = sheetOf(cell) !== null && table.getAttribute("data-sheet") && sheetOf(cell) !== table.getAttribute("data-sheet");
    each(".workbench .at", function (one) { one.classList.remove("at"); });
    var there = elsewhere ? null : table.querySelector('[data-cell="' + CSS.escape(bare(cell)) + '"]');
    var row = null;
    each(".workbench [data-row]", function (one) {
      if (!row && (one.getAttribute("data-row") === cell || (sheetOf(cell) === null && bare(one.getAttribute("data-row")) === cell))) row = one;
    });
    [there, row].forEach(function (one) {
      if (!one) return;
      one.classList.add("at");
      if (one !== from) one.scrollIntoView({block: "nearest", inline: "nearest"});
    });
    if (there && from === there) there.focus({preventScroll: true});
    return Boolean(there || row);
  }
  function full(cell) {
    var name = document.querySelector(".cells").getAttribute("data-sheet");
    return (name ? name + "!" : "") + cell.getAttribute("data-cell");
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("[data-goes]");
    if (link) { event.preventDefault(); mark(link.getAttribute("data-goes"), link.closest("tr")); return; }
    var opens = event.target.closest && event.target.closest("[data-opens]");
    if (opens) {
      event.preventDefault();
      var part = document.getElementById(opens.getAttribute("data-opens"));
      if (part) { part.open = true; part.scrollIntoView({block: "start"}); }
      return;
    }
    var cell = event.target.closest && event.target.closest(".cells [data-cell]");
    if (cell) mark(full(cell), cell);
  });

  document.addEventListener("keydown", function (event) {
    var cell = event.target.closest && event.target.closest(".cells [data-cell]");
    if (!cell) return;
    var row = cell.parentNode, at = cell.cellIndex, next = null;
    if (event.key === "ArrowRight") next = cell.nextElementSibling;
    else if (event.key === "ArrowLeft") next = cell.previousElementSibling;
    else if (event.key === "ArrowDown") next = row.nextElementSibling && row.nextElementSibling.cells[at];
    else if (event.key === "ArrowUp") next = row.previousElementSibling && row.previousElementSibling.cells[at];
    else if (event.key === "Enter" || event.key === "F4") { event.preventDefault(); mark(full(cell), cell); return; }
    if (next && next.hasAttribute("data-cell")) { event.preventDefault(); mark(full(next), next); }
  });

  /* A file dropped on the place for it is sent at once. */
  function put(event) { return event.target.closest && event.target.closest(".workbench .put"); }
  document.addEventListener("dragover", function (event) { var place = put(event); if (place) { event.preventDefault(); place.classList.add("over"); } });
  document.addEventListener("dragleave", function (event) { var place = put(event); if (place) place.classList.remove("over"); });
  document.addEventListener("drop", function (event) {
    var place = put(event);
    if (!place || !event.dataTransfer.files.length) return;
    event.preventDefault();
    place.classList.remove("over");
    place.querySelector("input[type=file]").files = event.dataTransfer.files;
    place.querySelector("form").requestSubmit();
  });
})();
