"use strict";
const questions = [...document.querySelectorAll("details.q")];
const text = document.querySelector("#find");
const verdict = document.querySelector("#verdict");
const kind = document.querySelector("#kind");
const count = document.querySelector("#count");

function filter() {
  const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const q of questions) {
    const wanted =
      (!verdict.value || q.dataset.verdict.split(" ").includes(verdict.value)) &&
      (!kind.value || q.dataset.kind === kind.value) &&
      words.every((word) => q.textContent.toLowerCase().includes(word));
    q.hidden = !wanted;
    shown += wanted;
  }
  count.textContent = `${shown} of ${questions.length}`;
}

for (const control of [text, verdict, kind]) control.addEventListener("input", filter);
document.querySelector("#open").addEventListener("click", () => {
  const shown = questions.filter((q) => !q.hidden);
  const open = shown.some((q) => !q.open);
  for (const q of shown) q.open = open;
});
filter();
