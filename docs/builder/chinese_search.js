
// What is sought in Chinese has no blanks: it is cut into the longest words that the index holds.
splitQuery = (query) => {
  const known = { ...Search._index.terms, ...Search._index.titleterms };
  const cut = (text) => {
    const found = [];
    for (let start = 0; start < text.length; ) {
      let size = Math.min(12, text.length - start);
      while (size > 1 && !Object.hasOwn(known, text.slice(start, start + size))) size -= 1;
      if (size > 1) found.push(text.slice(start, start + size));
      start += size;
    }
    return found.length ? found : [text];
  };
  const parts = query.split(/[^\p{Letter}\p{Number}_]+/gu).filter((part) => part);
  return parts.flatMap((part) => (/\p{Script=Han}/u.test(part) ? cut(part) : [part]));
};
