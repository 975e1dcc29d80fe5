// Whether the server is there: where it isn't, a banner says so until it is back. A server that was restarted is another
// one, so the page then loads anew, with what was in the box.
const PERIOD = 5000; // milliseconds; while it is gone, a fifth of it
let known = null;
let gone = false;
let timer = 0;

const knock = async () => {
  try {
    const answer = await fetch("gradio_api/app_id", { cache: "no-store", signal: AbortSignal.timeout(4000) });
    if (!answer.ok) throw new Error(String(answer.status));
    return (await answer.json()).app_id;
  } catch {
    return null;
  }
};
const banner = (on) => {
  gone = on;
  body().toggle("fn-gone", on);
  let bar = one("#fn-lost");
  if (!on) return bar && bar.remove();
  if (bar) return;
  bar = document.body.appendChild(Object.assign(document.createElement("div"), { id: "fn-lost" }));
  bar.setAttribute("role", "alert");
  bar.textContent = "Footnote isn't running any more. This page will go on by itself when it is back.";
};
const watch = async () => {
  clearTimeout(timer);
  const id = document.hidden ? known : await knock();
  if (id === null && known !== null) banner(true);
  if (id !== null && known !== null && id !== known) {
    if (asking === null && box() && box().value) sessionStorage.setItem("fn-box", box().value);
    return location.reload();
  }
  if (id !== null && gone) banner(false);
  known = id ?? known;
  timer = setTimeout(watch, gone ? PERIOD / 5 : PERIOD);
};
document.addEventListener("visibilitychange", () => known !== null && watch());
