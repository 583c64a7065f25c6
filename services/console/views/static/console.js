"use strict";
const body = document.body, ahead = Date.parse(body.dataset.now) - Date.now(), now = () => Date.now() + ahead;

// Countdowns: the server sends the due instant once, the browser counts.
const clocks = new Set();
customElements.define("due-clock", class extends HTMLElement {
  constructor() { super().attachShadow({ mode: "open" }).innerHTML = '<b part="time"></b><i part="bar"></i>'; }
  connectedCallback() { clocks.add(this); this.show(); } disconnectedCallback() { clocks.delete(this); }
  show() {
    const due = Date.parse(this.getAttribute("due")), start = Date.parse(this.getAttribute("from"));
    const left = due - now(), share = Math.max(0, Math.min(1, left / (due - start)));
    this.className = isNaN(due) ? "none" : left < 0 ? "late" : share < 0.2 || left < 900000 ? "soon" : "";
    this.shadowRoot.firstChild.textContent = isNaN(due) ? body.dataset.none : (left < 0 ? body.dataset.overdue + " " : "") + spell(Math.abs(left));
    this.style.setProperty("--left", isNaN(share) ? "100%" : (share * 100).toFixed(1) + "%");
  }
});
function spell(ms) {
  const s = Math.floor(ms / 1000), two = (n) => String(n).padStart(2, "0");
  const days = Math.floor(s / 86400), time = two(Math.floor(s / 3600) % 24) + ":" + two(Math.floor(s / 60) % 60);
  return days ? `${days} ${body.dataset.days} ${time}` : `${time}:${two(s % 60)}`;
}
setInterval(() => { clocks.forEach((clock) => clock.show()); count(); }, 1000);

document.addEventListener("change", (event) => { if (event.target.matches("[data-submit]")) event.target.form.requestSubmit(); });
document.addEventListener("submit", (event) => { const main = event.target.querySelector("button.main"); if (main) setTimeout(() => { main.disabled = true; }); });
// A page brought back by the browser's own history must be usable again.
addEventListener("pageshow", () => document.querySelectorAll("button.main").forEach((main) => { main.disabled = false; }));

// A file goes up with a bar; whatever page answers takes the place of this one.
document.addEventListener("submit", (event) => {
  const form = event.target, bar = form.querySelector("progress");
  if (!form.matches("[data-upload]")) return;
  event.preventDefault();
  const sending = new XMLHttpRequest();
  sending.upload.onprogress = ({ loaded, total }) => { bar.hidden = false; bar.value = loaded / total; };
  sending.onload = () => {
    if (sending.status < 400) { location = sending.responseURL; return; }
    const answer = new DOMParser().parseFromString(sending.responseText, "text/html");
    document.querySelector("main").replaceWith(answer.querySelector("main"));
  };
  sending.onerror = () => { bar.hidden = true; form.querySelector("[data-lost]").hidden = false; form.querySelector("button").disabled = false; };
  sending.open("POST", form.action); sending.send(new FormData(form));
});

document.addEventListener("keydown", (event) => { if (event.ctrlKey && event.key === "Enter") event.target.form?.querySelector("button.main")?.click(); });
// Once the caller is known, what he wants comes next.
document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target.id === "caller") document.getElementById("category").focus(); });

// A form shows the blanks that what is filled in so far asks for; without a script all of them stand there.
function ask(root) {
  for (const told of [root, ...root.querySelectorAll("[data-asked]")].filter((one) => one.matches?.("[data-asked]"))) {
    const asked = told.dataset.asked.split(" ");
    told.closest("form")?.querySelectorAll("[data-field]").forEach((blank) => {
      blank.hidden = !asked.includes(blank.dataset.field);
      blank.querySelectorAll("input,select,textarea").forEach((one) => { one.disabled = blank.hidden; });
    });
  }
}
document.addEventListener("htmx:load", (event) => ask(event.detail.elt));
ask(document);

// The board: rows are replaced one by one, and all of them after every (re)connection.
const board = document.getElementById("board");
const byDue = (row) => row.dataset.due || "9999";
function count() {
  if (!board || board.querySelector("li.empty")) return;
  const rows = [...board.querySelectorAll(".row")];
  document.getElementById("open").textContent = rows.length;
  document.getElementById("overdue").textContent = rows.filter((row) => row.dataset.due && Date.parse(row.dataset.due) < now()).length;
  document.getElementById("empty").hidden = rows.length > 0;
}
function put(id, html) {
  const old = document.getElementById(id), had = old && old.contains(document.activeElement);
  const row = document.createRange().createContextualFragment(html).querySelector(".row");
  if (old) old.remove();
  if (row) {
    row.classList.add("fresh");
    board.insertBefore(row, [...board.querySelectorAll(".row")].find((other) => byDue(other) > byDue(row)) || board.querySelector("li.empty"));
    if (had) row.querySelector("a").focus();
  }
  count();
}
const waiting = new Map(); let resyncing = 0, sound = null;
async function refresh(id) {
  const at = [...waiting.get(id)].map(([who, version]) => `${who}:${version}`).join(",");
  waiting.delete(id);
  const answer = await fetch(`/board/row/${id}?${new URLSearchParams([...new URLSearchParams(location.search), ["at_least", at]])}`);
  if (answer.ok) put("row-" + id, await answer.text()); else resync();
}
function news({ case: id, at }) {
  const [who, version] = at.split(":"), known = waiting.get(id) || new Map();
  known.set(who, Math.max(known.get(who) || 0, Number(version)));
  if (!waiting.has(id)) { waiting.set(id, known); setTimeout(() => refresh(id).catch(() => resync()), 60); }
}
function resync(after = 150) {
  clearTimeout(resyncing);
  resyncing = setTimeout(async () => {
    const answer = await fetch("/board/rows" + location.search).catch(() => null);
    if (!answer?.ok) { state("lost"); resync(3000); return; }
    board.innerHTML = await answer.text(); count(); state("on");
  }, after);
}
function state(is) {
  const live = document.getElementById("live"), words = live.querySelector("span");
  [live.dataset.state, words.textContent] = [is, is === "on" ? words.dataset.on : words.dataset.off];
  document.getElementById("lost").hidden = is !== "lost";
}
function heard({ type, data }) {
  if (type === "lost") state("lost");
  if (type === "hello" || type === "resync") resync();
  if (type === "news" || type === "alarm") news(JSON.parse(data));
  if (type === "alarm" && sound) beep();
}
function beep() {
  for (const at of [sound.currentTime, sound.currentTime + 0.25]) {
    const tone = new OscillatorNode(sound, { frequency: 880 });
    tone.connect(new GainNode(sound, { gain: 0.15 })).connect(sound.destination); tone.start(at); tone.stop(at + 0.15);
  }
}
if (board) {
  const button = document.getElementById("sound");
  button.addEventListener("click", () => {
    sound = sound ? (sound.close(), null) : new AudioContext();
    button.setAttribute("aria-pressed", String(!!sound));
    button.textContent = sound ? button.dataset.on : button.dataset.off;
    if (sound) beep();
  });
  try {
    const worker = new SharedWorker(body.dataset.worker, body.dataset.me);
    worker.port.onmessage = (event) => heard(event.data);
    worker.onerror = () => listen(heard);
  } catch { listen(heard); }
}
