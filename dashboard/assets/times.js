// Moments in the time zone of whoever looks, as the server would write them.
(function () {
  "use strict";

  const parts = new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23",
  });

  function localise(element) {
    const at = new Date(element.dateTime);
    if (Number.isNaN(at.getTime())) return;
    const part = Object.fromEntries(parts.formatToParts(at).map(({ type, value }) => [type, value]));
    const text = `${part.day} ${part.month.slice(0, 3)} ${part.year}, ${part.hour}:${part.minute}${element.dataset.seconds ? `:${part.second}` : ""}`;
    if (element.textContent === text) return;
    element.textContent = text;
    element.title = at.toString();
  }

  // Dash draws at any time, and may draw another moment into the same element.
  new MutationObserver(() => document.querySelectorAll("time[datetime]").forEach(localise)).observe(document.documentElement, {
    childList: true,
    subtree: true,
    characterData: true,
    attributes: true,
    attributeFilter: ["datetime"],
  });
})();
