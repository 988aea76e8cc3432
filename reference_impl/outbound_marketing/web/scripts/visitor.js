/* What the tracking script and the form loader share: the page's configuration, the first-party cookies, and how
   messages reach the service. Whichever of the two comes first on a page sets it up. */
function (settings) {
  if (window.MsCrmMkt) return;

  const VISITOR = "msd365mkttr", VISIT = "msd365mkttrs";
  const COOKIE_LIFE_S = 2 * 365 * 86400, VISITOR_ID_LENGTH = 40;
  const config = document.querySelector(".d365-mkt-config").dataset;
  let anonymize = typeof d365mktConfigureTracking === "function" && d365mktConfigureTracking().Anonymize === true;
  let wanted = anonymize; // what was asked for last; it holds once the messages before it are answered
  let sent = Promise.resolve(); // messages go one after the other, since each answer may change the cookies of the next

  function readIds() {
    const ids = { visitor: null, visit: null };
    for (const pair of document.cookie.split("; ")) {
      const [name, value] = pair.split("=");
      if (name === VISITOR) ids.visitor = value;
      else if (name === VISIT) ids.visit = value;
    }
    return ids;
  }

  function setVisitor(visitor) {
    document.cookie = `${VISITOR}=${visitor}; Max-Age=${COOKIE_LIFE_S}; Path=/`;
  }

  function randomId() {
    const octets = crypto.getRandomValues(new Uint8Array((VISITOR_ID_LENGTH * 3) / 4));
    return btoa(String.fromCharCode(...octets)).replaceAll("+", "-").replaceAll("/", "_");
  }

  function ownIds() {
    const ids = readIds();
    if (ids.visitor !== null || settings.firstPartyId !== "independent") return ids;
    setVisitor(randomId());
    return readIds();
  }

  /* Store what the service answered, as far as it is news. */
  function keep(ids, answer) {
    if (settings.firstPartyId === "same") {
      if (answer.renew || answer.visitor !== ids.visitor) setVisitor(answer.visitor);
    } else if (ids.visitor && answer.renew) {
      setVisitor(ids.visitor);
    }
    if (answer.visit !== ids.visit) document.cookie = `${VISIT}=${answer.visit}; Path=/`;
  }

  async function send(what, more) {
    const message = { website_id: config.websiteId, page: location.href, ...more };
    let ids = { visitor: null, visit: null };
    if (anonymize) {
      message.anonymize = true;
    } else {
      if (settings.firstPartyId !== "off") ids = ownIds();
      Object.assign(message, ids);
    }
    const answer = await fetch(`${location.protocol}//${config.hostname}/${what}`, {
      method: "POST",
      credentials: "include",
      keepalive: true, // a click may be on a link that leads away
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(message),
    });
    if (!answer.ok) throw new Error(`${what}: answered with ${answer.status}`);
    const said = await answer.json();
    if (said.visitor && settings.firstPartyId !== "off") keep(ids, said);
    return said;
  }

  /* Send one message to the service, and keep the ids that it answers with. */
  function report(what, more) {
    const answer = sent.then(() => send(what, more));
    sent = answer.catch((problem) => console.warn("tracking:", problem.message));
    return answer;
  }

  /* From now on set cookies, in the page as it stands; or set none any more, and delete one's own. */
  function reconfigureTracking({ Anonymize }) {
    if (Anonymize === wanted) return;
    wanted = Anonymize;
    sent = sent.then(() => {
      anonymize = Anonymize;
      if (Anonymize) for (const name of [VISITOR, VISIT]) document.cookie = `${name}=; Max-Age=0; Path=/`;
    });
    report(Anonymize ? "revoke" : "consent").catch(() => {});
  }

  /* idle: a promise that all messages so far have been answered. */
  window.MsCrmMkt = { report, reconfigureTracking, idle: () => sent };
}
