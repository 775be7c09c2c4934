/* Documents written in the background: how far one is stands where it was asked for, with the way to end it; the file comes
   by itself. */
(function () {
  "use strict";
  var LOOK = 400;

  function asked(address, content) {
    return fetch(address, {method: content ? "POST" : "GET", body: content || undefined, credentials: "same-origin", cache: "no-store", headers: {Accept: "application/json"}})
      .then(function (said) {
        if (said.status === 401) location.href = "/sign-in?next=" + encodeURIComponent(location.pathname + location.search);
        return said.json();
      });
  }

  function took(job) {
    var link = document.createElement("a");
    link.href = job.file; link.download = job.name;
    document.body.appendChild(link); link.click(); link.remove();
  }

  function show(form, job, number) {
    var place = form.querySelector(".job");
    if (!place || form.dataset.number !== String(number)) return;
    place.classList.toggle("bad", Boolean(job.problem) || job.state === "failed");
    var words = place.firstElementChild;
    if (!words || job.state !== "running") { place.textContent = ""; words = place.appendChild(document.createElement("span")); }
    words.textContent = job.problem || job.said;
    if (job.state === "done") took(job);
    if (job.state !== "running") return;
    if (!words.nextSibling) {
      var stop = document.createElement("button");
      stop.type = "button"; stop.className = "quiet"; stop.textContent = job.stop;
      stop.addEventListener("click", function () {
        form.dataset.number = "";
        asked(job.cancel, new FormData()).then(function (ended) { place.textContent = ended.said; }).catch(failed(form));
      });
      place.append(" · ", stop);
    }
    setTimeout(function () {
      if (form.dataset.number !== String(number) || !form.isConnected) return;
      asked(job.status).then(function (now) { show(form, now, number); }).catch(failed(form));
    }, LOOK);
  }

  function failed(form) {
    return function () {
      var place = form.querySelector(".job");
      if (place) { place.textContent = form.dataset.failed; place.classList.add("bad"); }
    };
  }

  var begun = 0;
  document.addEventListener("submit", function (event) {
    var form = event.target.closest("form[data-job]");
    if (!form) return;
    event.preventDefault();
    var content = new FormData(form);
    if (event.submitter && event.submitter.name) content.append(event.submitter.name, event.submitter.value);
    begun += 1;
    form.dataset.number = String(begun);
    var number = begun;
    asked(form.getAttribute("action"), content).then(function (job) { show(form, job, number); }).catch(failed(form));
  });
})();
