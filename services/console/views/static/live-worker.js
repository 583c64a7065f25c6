"use strict";
// One stream for all tabs of a browser: six connections per host would starve the seventh.
const ports = new Set();
let source, last = { type: "waiting" };
function tell(note) {
  if (note.type === "hello" || note.type === "lost") last = note;
  ports.forEach((port) => port.postMessage(note));
}
function open() {
  source = new EventSource("/live");
  source.onerror = () => tell({ type: "lost" });
  for (const type of ["hello", "news", "alarm", "resync"]) source.addEventListener(type, (event) => tell({ type, data: event.data }));
}
// A stream the server ended for good (a restart, a sign-out) is not opened again by the browser.
setInterval(() => { if (source.readyState === EventSource.CLOSED) open(); }, 3000);
onconnect = (event) => { const port = event.ports[0]; ports.add(port); port.postMessage(last); };
open();
