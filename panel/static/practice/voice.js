// @ts-check
// Their words aloud, by the browser's own voices. Only voices that live on this device: nothing anybody says in practice
// goes anywhere. Where there is none, the words are there to be read.

/** @param {SpeechSynthesisVoice[]} list @param {string} locale @returns {SpeechSynthesisVoice|null} */
export function pick(list, locale) {
  const mine = list.filter((v) => v.localService && v.lang.slice(0, 2).toLowerCase() === locale.slice(0, 2));
  const near = locale.startsWith("es") ? /^es[-_](419|MX|US)/i : /^en[-_]US/i;
  return mine.find((v) => near.test(v.lang) && v.default) || mine.find((v) => near.test(v.lang)) || mine[0] || null;
}

/**
 * @param {SpeechSynthesis|undefined} synth The browser's, where it has one.
 * @param {(words:string) => SpeechSynthesisUtterance} utter
 */
export function speaker(synth, utter) {
  /** @param {string} locale */
  const voice = (locale) => (synth ? pick(synth.getVoices(), locale) : null);
  return {
    /** @param {string} locale Whether there is a voice for this language now; some browsers find theirs a moment late. */
    can: (locale) => voice(locale) !== null,
    /** @param {() => void} changed */
    whenFound(changed) { if (synth && synth.addEventListener) synth.addEventListener("voiceschanged", changed); },
    /** @param {string} words @param {string} locale @param {{pitch:number, rate:number}} how */
    say(words, locale, how) {
      const own = voice(locale);
      if (!synth || !own) return;
      synth.cancel();
      const u = utter(words.replace(/^…/, "").replaceAll("…", ", "));
      u.voice = own;
      u.lang = own.lang;
      u.pitch = how.pitch;
      u.rate = how.rate;
      synth.speak(u);
    },
    quiet() { if (synth) synth.cancel(); },
  };
}
