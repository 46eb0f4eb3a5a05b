// PostGraphile asks for Node 22. All that it lacks on Node 20, which Debian has, is this.
Promise.withResolvers ??= function () {
  let resolve, reject;
  const promise = new this((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
};
