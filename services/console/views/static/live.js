"use strict";
// The stream of news, opened again whenever it ends, fails or falls silent: a frozen board is worse than none.
function listen(tell) {
  const source = new EventSource("/live");
  let silence = 0;
  const lost = () => { clearTimeout(silence); source.close(); tell({ type: "lost" }); setTimeout(listen, 2000, tell); };
  const heard = ({ type, data }) => { clearTimeout(silence); silence = setTimeout(lost, 40000); tell({ type, data }); };
  for (const type of ["hello", "news", "alarm", "resync", "breath"]) source.addEventListener(type, heard);
  source.onerror = lost;
}
// As a shared worker, one stream serves all tabs: six connections per host would starve the seventh.
if (self.SharedWorkerGlobalScope) {
  let ports = new Set(), last = { type: "waiting" };
  onconnect = ({ ports: [port] }) => { ports.add(port); port.postMessage(last); };
  listen((note) => { if (note.type === "hello" || note.type === "lost") last = note; ports.forEach((port) => port.postMessage(note)); });
}
