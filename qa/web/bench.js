// The Evaluation: running sets, opening what failed in the chat, reviewing questions.
const leave = () => body().remove("fn-evaluating");
Object.assign(clicks, {
  ".fn-evaluate": () => {
    body().remove("fn-menu-open");
    body().add("fn-evaluating");
    if (!one(".fn-running")) act("evaluation");
  },
  ".fn-leave": leave,
  ".fn-run": (button) => {
    button.disabled = true;
    window.fnTest({ set: button.value });
  },
  ".fn-quit": (button) => {
    button.textContent = "Stopping…";
    setTimeout(() => (button.textContent = "Stop"), 4000);
    act("quit");
  },
  ".fn-choose": () => one("#fn-set input[type=file]") && one("#fn-set input[type=file]").click(),
  ".fn-retry": (button) => {
    leave();
    const asks = JSON.parse(button.dataset.asks);
    one("#fn-new").click();
    const fresh = new MutationObserver(() => {
      if (!one(".fn-welcome")) return;
      fresh.disconnect();
      asks.forEach(ask);
    });
    if (one(".fn-welcome")) asks.forEach(ask);
    else fresh.observe(document.body, { childList: true, subtree: true });
  },
  ".fn-make": (button) => {
    button.disabled = true;
    act("make");
  },
  ".fn-discard": (button) => act("discard", { ref: button.closest("form").dataset.id }),
});
document.addEventListener("submit", (event) => {
  if (!event.target.matches(".fn-kept form")) return;
  event.preventDefault();
  act("accept", { ref: event.target.dataset.id, changes: values(event.target) });
}, true);
