"use strict";
// One stream for all tabs of a browser: six connections per host would starve the seventh.
const ports = new Set();
let last = { type: "waiting" };
function tell(note) {
  if (note.type === "hello" || note.type === "lost") last = note;
  ports.forEach((port) => port.postMessage(note));
}
function listen() {
  const source = new EventSource("/live");
  // A stream the server ended for good (a restart, a sign-out) is not opened again by the browser.
  source.onerror = () => { tell({ type: "lost" }); if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000); };
  for (const type of ["hello", "news", "alarm", "resync"]) source.addEventListener(type, (event) => tell({ type, data: event.data }));
}
onconnect = (event) => { const port = event.ports[0]; ports.add(port); port.postMessage(last); };
listen();
