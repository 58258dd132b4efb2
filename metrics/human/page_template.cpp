#include "metrics/human/page_template.h"

namespace lidit::human {
namespace {

constexpr std::string_view kHead = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Which image?</title>
<style>
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; display: flex; flex-direction: column; color: #222;
  background: #fff; font: 17px/1.5 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
header { padding: .7rem 1.2rem; border-bottom: 1px solid #ddd; display: flex; gap: 1.2rem;
  align-items: center; flex-wrap: wrap; }
progress { flex: 1; min-width: 8rem; height: .6rem; accent-color: #0072b2; }
main { flex: 1; width: 100%; max-width: 66rem; margin: 0 auto; padding: 1.2rem; }
.question { color: #555; margin: 0; }
.caption { font-size: 1.3rem; line-height: 1.35; margin: .2rem 0 1.1rem; min-height: 2.7em;
  overflow-wrap: anywhere; white-space: pre-wrap; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1.2rem; }
.side { border: 4px solid #ccc; border-radius: 8px; background: none; padding: .5rem; width: 100%;
  font: inherit; color: inherit; cursor: pointer; }
.side:hover, .side:focus-visible { border-color: #888; outline: none; }
.side.chosen { border-color: #0072b2; background: #eaf4fb; }
.side img { width: 100%; aspect-ratio: 1; object-fit: contain; display: block; background: #f4f4f4; }
.side.small img { image-rendering: pixelated; }
.actions { display: flex; gap: .8rem; justify-content: center; flex-wrap: wrap; margin: 1.1rem 0; }
button.action { font: inherit; padding: .45rem 1rem; border: 1px solid #999; border-radius: 6px;
  background: #f6f6f6; color: inherit; cursor: pointer; }
button.action.chosen { border-color: #0072b2; background: #eaf4fb; }
button.action:disabled { opacity: .45; cursor: default; }
kbd { font: .85em ui-monospace, "DejaVu Sans Mono", monospace; border: 1px solid #bbb;
  border-radius: 4px; padding: 0 .35em; background: #fff; }
.hint, .state { color: #666; font-size: .92rem; }
.card { max-width: 34rem; margin: 3rem auto; }
input { font: inherit; padding: .4rem .6rem; border: 1px solid #999; border-radius: 6px; width: 100%; }
[hidden] { display: none !important; }
</style>
</head>
<body>
<header>
  <span class="state" id="state"></span>
  <progress id="progress" value="0" max="1" aria-label="pairs judged"></progress>
  <button class="action" id="save" type="button">Save answers (CSV)</button>
</header>
<main>
  <section class="card" id="start">
    <h1>Two images, one text</h1>
    <p>You will see a text and two images of it. <b id="asked"></b></p>
    <p>Keys: <kbd>&larr;</kbd> left, <kbd>&rarr;</kbd> right, <kbd>&darr;</kbd> or <kbd>t</kbd> no
    difference, <kbd>&uarr;</kbd> or <kbd>Backspace</kbd> back. Answers are kept in this browser: you
    may close the page and go on later.</p>
    <form id="begin">
      <p><label>Your name or initials<br><input id="rater" maxlength="60" required></label></p>
      <button class="action" type="submit">Begin</button>
    </form>
  </section>
  <section id="judging" hidden>
    <p class="question" id="question"></p>
    <p class="caption" id="caption"></p>
    <div class="pair">
      <button class="side" id="left" type="button"><img alt="left image"></button>
      <button class="side" id="right" type="button"><img alt="right image"></button>
    </div>
    <div class="actions">
      <button class="action" id="back" type="button"><kbd>&uarr;</kbd> back</button>
      <button class="action" id="tie" type="button"><kbd>&darr;</kbd> no difference</button>
      <button class="action" id="next" type="button">next</button>
    </div>
    <p class="hint">Click an image, or use the keys <kbd>&larr;</kbd> <kbd>&rarr;</kbd>
    <kbd>&darr;</kbd> <kbd>&uarr;</kbd>.</p>
  </section>
  <section class="card" id="end" hidden>
    <h1>All pairs are judged</h1>
    <p>Save your answers with the button above, and send the file to whoever asked you.</p>
    <button class="action" id="again" type="button"><kbd>&uarr;</kbd> back to the last pair</button>
  </section>
</main>
<script type="application/json" id="data">)html";

constexpr std::string_view kTail = R"html(</script>
<script>
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const by = id => document.getElementById(id);
const place = "lidit-comparison-" + data.page + "/";
let state = { rater: "", at: 0, answers: {} };
let memory = true;  // whether this browser keeps what it is given
function recall(name) {
  try { return JSON.parse(localStorage.getItem(place + name) || "null"); }
  catch (error) { memory = false; return null; }
}
let shown = 0;  // when the pair came into view
let started = false;

function keep() {
  try {
    localStorage.setItem(place, JSON.stringify(state.rater));
    localStorage.setItem(place + state.rater, JSON.stringify(state));
  } catch (error) { memory = false; }
}
function picture(id, file) {
  const image = by(id).querySelector("img");
  by(id).classList.remove("small");
  image.onload = () => by(id).classList.toggle("small", image.naturalWidth < 128);
  image.onerror = () => { by("state").textContent = "An image cannot be loaded: " + file; };
  image.src = file;
}
function show() {
  const count = data.pairs.length, judged = Object.keys(state.answers).length;
  by("start").hidden = started;
  by("judging").hidden = !started || state.at >= count;
  by("end").hidden = !started || state.at < count;
  by("save").disabled = judged === 0;
  by("progress").max = count;
  by("progress").value = judged;
  by("state").textContent = judged + " of " + count + " judged" +
      (memory ? "" : "; this browser keeps nothing: save before you leave");
  if (by("judging").hidden) return;
  const pair = data.pairs[state.at], answer = state.answers[pair.pair];
  by("caption").textContent = pair.caption;
  picture("left", pair.left);
  picture("right", pair.right);
  for (const side of ["left", "right", "tie"])
    by(side).classList.toggle("chosen", Boolean(answer) && answer.choice === side);
  by("back").disabled = state.at === 0;
  by("next").disabled = !answer;
  shown = Date.now();
}
function go(to) {
  state.at = Math.max(0, Math.min(data.pairs.length, to));
  keep();
  show();
}
function choose(choice) {
  if (by("judging").hidden) return;
  const pair = data.pairs[state.at].pair, before = state.answers[pair];
  const seconds = (Date.now() - shown) / 1000 + (before ? before.seconds : 0);
  state.answers[pair] = { choice, seconds };
  go(state.at + 1);
}
function quoted(text) { return '"' + text.replaceAll('"', '""') + '"'; }
function csv() {
  const lines = ["page,rater,pair,choice,seconds"];
  for (const { pair } of data.pairs) {
    const answer = state.answers[pair];
    if (answer)
      lines.push([data.page, quoted(state.rater), pair, answer.choice,
                  answer.seconds.toFixed(1)].join(","));
  }
  return lines.join("\r\n") + "\r\n";
}
by("save").onclick = () => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([csv()], { type: "text/csv" }));
  link.download = "answers-" + (state.rater.replace(/[^A-Za-z0-9]+/g, "-") || "rater") + ".csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
by("begin").onsubmit = event => {
  event.preventDefault();
  const rater = by("rater").value.trim();
  if (!rater) return;
  state = recall(rater) || { rater, at: 0, answers: {} };  // raters may share a browser
  started = true;
  keep();
  show();
};
by("left").onclick = () => choose("left");
by("right").onclick = () => choose("right");
by("tie").onclick = () => choose("tie");
by("back").onclick = () => go(state.at - 1);
by("next").onclick = () => go(state.at + 1);
by("again").onclick = () => go(data.pairs.length - 1);
const keys = { ArrowLeft: () => choose("left"), ArrowRight: () => choose("right"),
               ArrowDown: () => choose("tie"), t: () => choose("tie"),
               ArrowUp: () => go(state.at - 1), Backspace: () => go(state.at - 1) };
document.addEventListener("keydown", event => {
  if (!started || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
});
by("asked").textContent = data.question;
by("question").textContent = data.question;
by("rater").value = recall("") || "";
show();
</script>
</body>
</html>
)html";

}  // namespace

std::string comparison_html(std::string_view data) {
  std::string page(kHead);
  // Nothing but a < could end the element that holds the data.
  for (const char c : data) page += c == '<' ? std::string("\\u003c") : std::string(1, c);
  return page + std::string(kTail);
}

}  // namespace lidit::human
