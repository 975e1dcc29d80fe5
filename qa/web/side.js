// The left column, the limits and the settings; files dropped anywhere.
const dialogs = { limits: "fn-limits-open", settings: "fn-settings-open" };
let opener = null;
const openDialog = (name, from) => {
  const already = body().contains(dialogs[name]);
  closeDialogs();
  if (already) return;
  opener = from;
  body().add(dialogs[name]);
  if (name === "limits") {
    const at = one("#fn-ask").getBoundingClientRect();
    one("#fn-limiting").style.left = Math.max(12, at.left) + "px";
    one("#fn-limiting").style.bottom = innerHeight - at.top + 8 + "px";
  }
  const first = one((name === "limits" ? "#fn-limiting" : "#fn-settings") + " :is(input, select)");
  if (first) first.focus();
};
const closeDialogs = () => {
  const any = Object.values(dialogs).some((name) => body().contains(name));
  body().remove(...Object.values(dialogs));
  if (any && opener) opener.focus();
  opener = null;
};

const theme = (name) => {
  const dark = name === "dark" || (name !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  body().toggle("dark", dark);
  if (name === "auto") localStorage.removeItem("fn-theme");
  else localStorage.setItem("fn-theme", name);
};

// A form as an object: boxes of one name as a list, all else as text.
const values = (form) => {
  const found = {};
  for (const field of all("input[name], select[name]", form)) {
    if (field.type === "checkbox") {
      found[field.name] ||= [];
      if (field.checked) found[field.name].push(field.value);
    } else found[field.name] = field.value;
  }
  return found;
};

// Another library is another place to ask in: an answer or an upload under way would be told of in the wrong one.
const turn = (button) => {
  if (asking !== null) return say("Wait for the answer, or stop it, and then choose the library.");
  if (one(".fn-report.busy")) return say("Wait until all is added, or stop it, and then choose the library.");
  body().remove("fn-evaluating");
  act("library", { ref: button.value });
};

const shutMenu = (button) => button.closest("details").removeAttribute("open");
Object.assign(clicks, {
  ".fn-menu": () => body().toggle("fn-menu-open"),
  ".fn-theme": () => {
    const name = body().contains("dark") ? "light" : "dark";
    theme(name);
    const chosen = one("#fn-settings select[name=theme]");
    if (chosen) chosen.value = name;
    act("choose", { settings: { theme: name } });
  },
  ".fn-set": (button) => openDialog("settings", button),
  ".fn-shut": closeDialogs,
  ".fn-whose": turn,
  ".fn-limit": (button) => openDialog("limits", button),
  ".fn-dismiss": (button) => button.closest(".fn-report").remove(),
  ".fn-stop": (button) => {
    button.textContent = "Stopping…";
    setTimeout(() => (button.textContent = "Stop adding"), 4000);
    act("stop");
  },
  ".fn-switch": (button) => {
    body().remove("fn-menu-open", "fn-evaluating");
    act("switch", { ref: button.value });
  },
  "[data-rename]": (button) => {
    const title = one(".fn-title", button.parentElement).value;
    shutMenu(button);
    act("rename", { ref: button.dataset.rename, title });
  },
  "[data-forget]": (button) => {
    shutMenu(button);
    act("forget", { ref: button.dataset.forget });
  },
  ".fn-unlimit": () => {
    for (const field of all("#fn-limits-form input")) {
      if (field.type === "checkbox") field.checked = false;
      else field.value = "";
    }
    act("tick", { ref: "" });
  },
  "[data-keep]": shutMenu,
  "[data-remove]": (button) => {
    shutMenu(button);
    window.fnRemove(button.dataset.remove);
  },
});

document.addEventListener("change", (event) => {
  const target = event.target;
  if (target.matches(".fn-tick")) act("tick", { ref: target.value });
  else if (target.matches(".fn-collection")) window.fnInto(target.value);
  else if (target.closest("#fn-limits-form")) act("limit", { limits: values(target.closest("form")) });
  else if (target.closest("#fn-settings-form")) {
    const chosen = values(target.closest("form"));
    theme(chosen.theme);
    act("choose", { settings: chosen });
  }
});
const sift = (find) => {
  const wanted = find.value.toLowerCase();
  for (const item of all(".fn-item", find.parentElement))
    item.hidden = !item.textContent.toLowerCase().includes(wanted);
};
document.addEventListener("input", (event) => {
  if (event.target.matches("#fn-box textarea")) return tooLong();
  if (!event.target.matches(".fn-find")) return;
  sift(event.target);
});
document.addEventListener("submit", (event) => {
  if (event.target.matches(".fn-form")) event.preventDefault();
}, true);

// ---- files dropped anywhere go where the drop zone's own would
const MOST = 512 * 1024 * 1024; // bytes of one file; the server refuses more
const files = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
let depth = 0;
const dragging = (on) => body().toggle("fn-dragging", on);
document.addEventListener("dragenter", (event) => files(event) && dragging(++depth > 0));
document.addEventListener("dragleave", (event) => files(event) && dragging(--depth > 0));
document.addEventListener("dragover", (event) => files(event) && event.preventDefault());

// What is too large is named and left out before a byte of it is sent.
const fitting = (chosen) => {
  const large = [...chosen].filter((file) => file.size > MOST);
  if (!large.length) return chosen;
  say(`${large.map((file) => file.name).join(", ")}: larger than ${MOST / 1048576} MB, the most that a file may have here. ` +
    "Add it with `footnote add` on the command line.");
  const rest = new DataTransfer();
  for (const file of chosen) if (file.size <= MOST) rest.items.add(file);
  return rest.files;
};
document.addEventListener("change", (event) => {
  const input = event.target;
  if (!input.matches("#fn-drop input[type=file]")) return;
  if (one(".fn-report.busy")) {
    event.stopImmediatePropagation();
    input.value = "";
    return say("Files are being added already: add these when that is done.");
  }
  const rest = fitting(input.files);
  if (rest.length === input.files.length) return;
  event.stopImmediatePropagation();
  input.files = rest;
  if (rest.length) input.dispatchEvent(new Event("change", { bubbles: true }));
}, true);
document.addEventListener("drop", (event) => {
  depth = 0;
  dragging(false);
  if (!files(event)) return;
  event.preventDefault();
  event.stopPropagation();
  const input = one("#fn-drop input[type=file]");
  if (!input) return say("Files are being added already: drop these when that is done.");
  input.files = event.dataTransfer.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}, true);
