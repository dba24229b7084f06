// The browser's own upload: it fills #upload-mount with a drop zone, sends the file to the staged address with progress,
// creates the import and opens it. Dash never sees the bytes. Every sentence comes from the element's data attributes.
(function () {
  "use strict";

  const CREATE_UPLOAD = `mutation CreateUpload($input: CreateUploadInput!) {
    createUpload(input: $input) { upload { id url method headers } userErrors { code message path } }
  }`;
  const CREATE_IMPORT = `mutation CreateImport($input: CreateImportInput!) {
    createImport(input: $input) { import { id } userErrors { code message path importId } }
  }`;

  class Refusal extends Error {
    constructor(code, message, importId = null) {
      super(message);
      this.code = code;
      this.importId = importId;
    }
  }

  async function ask(strings, query, input) {
    let answer;
    try {
      answer = await fetch("/graphql", {
        method: "POST",
        credentials: "same-origin",
        headers: { "Content-Type": "application/json", "GraphQL-Preflight": "1" },
        body: JSON.stringify({ query, variables: { input } }),
      });
    } catch {
      throw new Refusal("NETWORK", strings.network);
    }
    if (answer.status === 401) throw new Refusal("UNAUTHENTICATED", strings.signedOut);
    const body = await answer.json().catch(() => null);
    if (!body || body.errors || !body.data) {
      throw new Refusal("ERROR", (body && body.errors && body.errors[0].message) || strings.network);
    }
    const payload = Object.values(body.data)[0];
    if (payload.userErrors.length) {
      const { code, message, importId } = payload.userErrors[0];
      throw new Refusal(code, message, importId || null);
    }
    return payload;
  }

  // XMLHttpRequest and not fetch: only it tells how much of the body was sent.
  function send(strings, upload, file, request, onProgress) {
    return new Promise((resolve, reject) => {
      // The address may name this server by another of its names; the cookie belongs to the one in the address bar.
      const address = new URL(upload.url, window.location.href);
      request.open(upload.method, address.pathname + address.search);
      // Setting a header of a request twice would send both values.
      const headers = new Headers(upload.headers || {});
      headers.set("GraphQL-Preflight", "1");
      for (const [name, value] of headers) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
      request.onload = () => {
        if (request.status >= 200 && request.status < 300) return resolve();
        reject(request.status === 401 ? new Refusal("UNAUTHENTICATED", strings.signedOut) : refusalOf(strings, request.responseText));
      };
      request.onerror = () => reject(new Refusal("NETWORK", strings.network));
      request.onabort = () => reject(new Refusal("ABORTED", ""));
      request.send(file);
    });
  }

  function refusalOf(strings, text) {
    try {
      const body = JSON.parse(text);
      const error = body.error || (body.userErrors || body.errors || [body])[0];
      return new Refusal(error.code || "ERROR", error.message || strings.refused);
    } catch {
      return new Refusal("ERROR", strings.refused);
    }
  }

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
    made.append(...children.filter((child) => child !== null));
    return made;
  }

  function sizeOf(bytes) {
    let amount = bytes;
    for (const unit of ["B", "KiB", "MiB"]) {
      if (amount < 1024) return `${amount >= 10 || unit === "B" ? Math.round(amount) : amount.toFixed(1)} ${unit}`;
      amount /= 1024;
    }
    return `${amount.toFixed(1)} GiB`;
  }

  function button(label, id, kind, onClick) {
    const made = element("button", { type: "button", id, class: `upload-button upload-button-${kind}` }, label);
    made.addEventListener("click", onClick);
    return made;
  }

  function fill(mount) {
    const strings = JSON.parse(mount.dataset.strings);
    const input = element("input", { type: "file", id: "upload-input", accept: mount.dataset.accept, "aria-label": strings.choose });
    const stage = element("div", { class: "upload-stage" });
    mount.replaceChildren(input, stage);
    let isBusy = false;

    function show(state, ...children) {
      mount.dataset.state = state;
      stage.replaceChildren(...children.filter((child) => child !== null));
    }

    function showChoice() {
      isBusy = false;
      input.value = "";
      show(
        "idle",
        element("span", { class: "upload-mark" }, element("span", { class: "icon icon-upload" })),
        element("div", { class: "upload-title" }, strings.drop),
        element("div", { class: "upload-or" }, strings.or),
        button(strings.choose, "upload-button", "primary", () => input.click()),
        element("div", { class: "upload-limits" }, mount.dataset.limits),
      );
    }

    function showProgress(file, label, rate, onCancel) {
      const percent = Math.round(rate * 100);
      const bar = element("div", { class: "upload-bar", role: "progressbar", "aria-valuenow": percent, "aria-valuemin": 0, "aria-valuemax": 100 });
      const filled = element("div", { class: "upload-bar-filled" });
      filled.style.width = `${percent}%`;
      bar.append(filled);
      show(
        "busy",
        element("div", { class: "upload-file" }, element("span", { class: "icon icon-file" }), file.name, element("small", {}, sizeOf(file.size))),
        bar,
        element("div", { class: "upload-line", role: "status" }, label, onCancel ? element("span", {}, `${percent}%`) : null),
        onCancel ? button(strings.cancel, "upload-cancel", "quiet", onCancel) : null,
      );
    }

    function showRefusal(error, file, staged) {
      isBusy = false;
      if (error.code === "ABORTED") return showChoice();
      const actions = element("div", { class: "upload-actions" });
      if (error.code === "DUPLICATE_FILE" && error.importId) {
        actions.append(element("a", { class: "upload-button upload-button-default", id: "earlier-import", href: `/imports/${error.importId}` }, strings.earlier));
      }
      if (error.code === "DUPLICATE_FILE" && staged) {
        actions.append(button(strings.anyway, "import-anyway", "primary", () => create(file, staged, true)));
      }
      actions.append(button(strings.again, "upload-again", actions.children.length ? "quiet" : "default", showChoice));
      show(
        "refused",
        element("span", { class: "upload-mark upload-mark-refused" }, element("span", { class: "icon icon-alert" })),
        element("div", { class: "upload-title", id: "upload-error", role: "alert", "data-code": error.code }, strings.titles[error.code] || strings.failed),
        element("div", { class: "upload-message" }, strings.messages[error.code] || error.message),
        actions,
      );
    }

    async function create(file, staged, allowDuplicateFile) {
      isBusy = true;
      showProgress(file, strings.reading, 1, null);
      try {
        const payload = await ask(strings, CREATE_IMPORT, { source: { uploadId: staged.id }, allowDuplicateFile });
        window.location.assign(`/imports/${payload.import.id}`);
      } catch (error) {
        showRefusal(error, file, staged);
      }
    }

    async function upload(file) {
      isBusy = true;
      const request = new XMLHttpRequest();
      showProgress(file, strings.preparing, 0, null);
      try {
        if (!file.size) throw new Refusal("EMPTY_FILE", strings.emptyFile);
        const { upload: staged } = await ask(strings, CREATE_UPLOAD, {
          filename: file.name,
          sizeBytes: file.size,
          contentType: file.type || null,
        });
        const onProgress = (rate) => showProgress(file, strings.uploading, rate, () => request.abort());
        onProgress(0);
        await send(strings, staged, file, request, onProgress);
        await create(file, staged, false);
      } catch (error) {
        showRefusal(error, file, null);
      }
    }

    function take(files) {
      if (isBusy || !files.length) return;
      if (files.length > 1) return showRefusal(new Refusal("ONE_FILE", strings.oneFile), null, null);
      upload(files[0]);
    }

    input.addEventListener("change", () => take(input.files));
    mount.addEventListener("dragover", (event) => {
      event.preventDefault();
      mount.classList.add("upload-over");
    });
    mount.addEventListener("dragleave", (event) => mount.contains(event.relatedTarget) || mount.classList.remove("upload-over"));
    mount.addEventListener("drop", (event) => {
      event.preventDefault();
      mount.classList.remove("upload-over");
      take(event.dataTransfer.files);
    });
    showChoice();
  }

  // Dash draws the page after this script ran, and again at every visit.
  new MutationObserver(() => {
    const mount = document.getElementById("upload-mount");
    if (mount && !mount.dataset.state) fill(mount);
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
