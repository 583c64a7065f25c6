"use strict";
const body = document.body;
const ahead = Date.parse(body.dataset.now) - Date.now();
const now = () => Date.now() + ahead;

// Countdowns: the server sends the due instant once, the browser counts.
const sheet = new CSSStyleSheet(), clocks = new Set();
sheet.replaceSync(`:host{display:inline-flex;flex-direction:column;gap:3px;min-width:5.6em;font-variant-numeric:tabular-nums;font-weight:650}
i{display:block;height:4px;border-radius:2px;background:var(--line);overflow:hidden}
i::after{content:"";display:block;height:100%;width:var(--left,0%);background:var(--ok)}
:host(.soon) i::after{background:var(--warn)}:host(.soon) b{color:var(--warn-ink)}
:host(.late) b{color:var(--bad-ink)}:host(.late) i{background:repeating-linear-gradient(135deg,var(--bad) 0 5px,transparent 5px 9px)}
:host(.none) b{color:var(--soft);font-weight:400}:host(.none) i{visibility:hidden}b{font-weight:inherit;white-space:nowrap}`);
customElements.define("due-clock", class extends HTMLElement {
  constructor() {
    super().attachShadow({ mode: "open" }).innerHTML = "<b></b><i></i>";
    this.shadowRoot.adoptedStyleSheets = [sheet];
  }
  connectedCallback() { clocks.add(this); this.show(); }
  disconnectedCallback() { clocks.delete(this); }
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
const waiting = new Map();
async function refresh(id) {
  const at = [...waiting.get(id)].map(([who, version]) => `${who}:${version}`).join(",");
  waiting.delete(id);
  const answer = await fetch(`/board/row/${id}?${new URLSearchParams([...new URLSearchParams(location.search), ["at_least", at]])}`);
  if (answer.ok) put("row-" + id, await answer.text());
}
function news({ case: id, at }) {
  const [who, version] = at.split(":"), known = waiting.get(id) || new Map();
  known.set(who, Math.max(known.get(who) || 0, Number(version)));
  if (!waiting.has(id)) { waiting.set(id, known); setTimeout(() => refresh(id).catch(() => state("lost")), 60); }
}
let resyncing = 0, sound = null;
function resync() {
  clearTimeout(resyncing);
  resyncing = setTimeout(async () => {
    const answer = await fetch("/board/rows" + location.search);
    if (answer.ok) { board.innerHTML = await answer.text(); count(); }
  }, 150);
}
function state(is) {
  const live = document.getElementById("live"), words = live.querySelector("span");
  [live.dataset.state, words.textContent] = [is, is === "on" ? words.dataset.on : words.dataset.off];
  document.getElementById("lost").hidden = is !== "lost";
}
function heard({ type, data }) {
  if (type === "lost") state("lost");
  if (type === "hello" || type === "resync") { state("on"); resync(); }
  if (type === "news" || type === "alarm") news(JSON.parse(data));
  if (type === "alarm" && sound) beep();
}
function beep() {
  [0, 0.25].forEach((after) => {
    const tone = sound.createOscillator(), gain = sound.createGain();
    tone.frequency.value = 880; gain.gain.value = 0.15; tone.connect(gain).connect(sound.destination);
    tone.start(sound.currentTime + after); tone.stop(sound.currentTime + after + 0.15);
  });
}
if (board) {
  const button = document.getElementById("sound");
  button.addEventListener("click", () => {
    sound = sound ? (sound.close(), null) : new AudioContext();
    button.setAttribute("aria-pressed", String(!!sound));
    button.textContent = sound ? button.dataset.on : button.dataset.off;
    if (sound) beep();
  });
  if (window.SharedWorker) new SharedWorker(body.dataset.worker, body.dataset.me).port.onmessage = (event) => heard(event.data);
  else listen(heard);
}
function listen(tell) {
  const source = new EventSource("/live");
  // A stream the server ended for good (a restart, a sign-out) is not opened again by the browser.
  source.onerror = () => { tell({ type: "lost" }); if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000, tell); };
  for (const type of ["hello", "news", "alarm", "resync"]) source.addEventListener(type, (event) => tell({ type, data: event.data }));
}
