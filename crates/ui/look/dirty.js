// Asks before unsaved input is left behind (保存していない入力). The browser words the question itself.

/**
 * What a form would send, as one string; files count by name.
 * @param {HTMLFormElement} form
 * @returns {string}
 */
function contents(form) {
  const pairs = [...new FormData(form)].map(([name, value]) => [name, value instanceof File ? value.name : value]);
  return JSON.stringify(pairs);
}

/**
 * Guards every form that posts what a person has typed.
 * @param {ParentNode} root
 */
export function guardForms(root) {
  const forms = [...root.querySelectorAll("form[method=post]")].filter((form) => form.querySelector(".sk-field"));
  const before = new Map(forms.map((form) => [form, contents(form)]));
  let leaving = false;

  for (const form of forms) {
    form.addEventListener("submit", () => {
      leaving = true;
    });
  }
  // A page that comes back from the browser's cache is guarded again.
  addEventListener("pageshow", () => {
    leaving = false;
  });
  addEventListener("beforeunload", (event) => {
    const changed = forms.some((form) => form.isConnected && contents(form) !== before.get(form));
    if (changed && !leaving) event.preventDefault();
  });
}
