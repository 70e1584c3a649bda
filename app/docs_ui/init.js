/* Starts Swagger UI, signs people in, renews their token before it ends and fills in If-Match. */
"use strict";

(() => {
  const STORE = "squatback.sign-in";
  const SCHEME = "HTTPBearer";
  const RENEW_BEFORE_MS = 60_000;
  const api = (path) => new URL(path, document.baseURI).href;
  const element = (id) => document.getElementById(id);
  const blockTags = new Map(); // block id -> the strong tag last seen
  let lastTag = null; // for paths that do not name their block
  let timer = null;

  // --- what is kept in this browser ---------------------------------------------------------------------------

  const stored = () => {
    try {
      return JSON.parse(localStorage.getItem(STORE));
    } catch {
      return null;
    }
  };
  const keep = (tokens, email) =>
    localStorage.setItem(
      STORE,
      JSON.stringify({
        email,
        access: tokens.access_token,
        refresh: tokens.refresh_token,
        ends: Date.now() + tokens.expires_in * 1000,
      }),
    );

  const send = async (path, body, token) => {
    const headers = { "Content-Type": "application/json" };
    if (token) headers.Authorization = `Bearer ${token}`;
    return fetch(api(path), { method: "POST", headers, body: body && JSON.stringify(body) });
  };

  // --- signing in, renewing, signing out ----------------------------------------------------------------------

  const signIn = async (email, password, code) => {
    const answer = await send("v1/auth/login", { email, password, ...(code && { code }) });
    const body = await answer.json();
    if (!answer.ok) throw new Error(body.title);
    keep(body, email);
    show();
  };

  // One tab renews at a time; the others find its result in the store.
  const renew = async () => {
    const before = stored();
    if (!before) return;
    const exclusively = navigator.locks ? (work) => navigator.locks.request(STORE, work) : (work) => work();
    await exclusively(async () => {
      const now = stored();
      if (!now || now.refresh !== before.refresh) return;
      const answer = await send("v1/auth/refresh", { refresh_token: now.refresh });
      if (answer.ok) keep(await answer.json(), now.email);
      else if (answer.status === 401) localStorage.removeItem(STORE);
    });
    show();
  };

  const isEnding = (kept) => kept.ends - Date.now() < RENEW_BEFORE_MS;

  const freshToken = async () => {
    const kept = stored();
    if (kept && isEnding(kept)) await renew();
    return stored()?.access ?? null;
  };

  const signOut = async () => {
    const kept = stored();
    localStorage.removeItem(STORE);
    if (kept) await send("v1/auth/logout", null, kept.access).catch(() => undefined);
    show();
  };

  // --- the bar above the page ---------------------------------------------------------------------------------

  const show = (message = "") => {
    const kept = stored();
    element("sign-in").hidden = Boolean(kept);
    element("signed-in").hidden = !kept;
    element("who").textContent = kept ? `Signed in as ${kept.email}` : "";
    element("sign-in-message").textContent = message;
    if (kept) window.ui.preauthorizeApiKey(SCHEME, kept.access);
    else if (window.ui.authSelectors.authorized()?.has(SCHEME)) window.ui.authActions.logoutWithPersistOption([SCHEME]);
    plan(kept);
  };

  const plan = (kept) => {
    clearTimeout(timer);
    if (!kept) return;
    const wait = Math.max(1_000, kept.ends - Date.now() - RENEW_BEFORE_MS);
    timer = setTimeout(() => renew().catch(() => plan(stored())), wait);
  };

  // --- requests from "Try it out" -----------------------------------------------------------------------------

  const blockOf = (url) => /\/v1\/blocks\/([^/?]+)/.exec(url)?.[1];
  const takesIfMatch = (request) =>
    ["POST", "DELETE", "PUT", "PATCH"].includes(request.method?.toUpperCase()) && /\/adjustments(\/|\?|$)/.test(request.url);
  const headerName = (headers, name) => Object.keys(headers).find((key) => key.toLowerCase() === name);

  const prepare = async (request) => {
    request.headers ??= {};
    const authorization = headerName(request.headers, "authorization");
    const token = authorization && (await freshToken());
    if (token) request.headers[authorization] = `Bearer ${token}`;
    const tag = blockTags.get(blockOf(request.url)) ?? lastTag;
    const ifMatch = headerName(request.headers, "if-match") ?? "If-Match";
    if (takesIfMatch(request) && !request.headers[ifMatch] && tag) request.headers[ifMatch] = tag;
    return request;
  };

  const remember = (block, tag) => {
    if (!tag) return;
    if (block) blockTags.set(block, tag);
    lastTag = tag;
  };

  const read = (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  };

  const observe = (response) => {
    const ofBlock = /\/v1\/blocks\/[^/?]+(\/adjustments)?(\?|$)|\/v1\/adjustments\//.test(response.url);
    if (ofBlock) remember(blockOf(response.url), response.headers?.etag);
    const body = typeof response.text === "string" && response.text.includes("block_etag") ? read(response.text) : null;
    if (body?.block_etag) remember(body.block_id, body.block_etag);
    return response;
  };

  // --- start --------------------------------------------------------------------------------------------------

  window.ui = SwaggerUIBundle({
    url: api("openapi.json"),
    dom_id: "#swagger-ui",
    presets: [SwaggerUIBundle.presets.apis],
    deepLinking: true,
    displayRequestDuration: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    filter: true,
    persistAuthorization: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    requestInterceptor: prepare,
    responseInterceptor: observe,
    onComplete: () => {
      const kept = stored();
      if (kept && isEnding(kept)) renew().catch(() => show());
      else show();
    },
  });

  element("sign-in").addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await signIn(element("email").value, element("password").value, element("code").value);
      element("sign-in").reset();
    } catch (error) {
      show(error.message);
    }
  });
  element("sign-out").addEventListener("click", signOut);
  window.addEventListener("storage", (event) => {
    if (event.key === STORE) show();
  });
})();
