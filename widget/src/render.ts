// What the widget needs of Preact, and no more: the build puts this in Preact's place (widget/build), which would weigh as
// much as half of the frame. The widget is written against Preact's own types, so the swap back is one line. Components are plain
// functions of what the app holds: there is no state in them, no hook, no context and no class.

/** An element to be: what it is called, what it is given and what is in it. */
interface Wish {
  type: string;
  props: Props;
  key: unknown;
  children: Child[];
}

type Props = Record<string, unknown>;
type Child = Wish | string | number;
type Component = (props: Props) => unknown;

/** The wish that an element was last made to follow. */
const followed = new WeakMap<Node, Wish>();

/** JSX: components are called at once, fragments and lists become part of their parent. */
export function h(type: string | Component, given: Props | null, ...inside: unknown[]): unknown {
  const { key, ...props } = given ?? {};
  if (typeof type === "string") return { type, props, key, children: flat(inside) };
  const made = type({ ...props, children: inside });
  return key ? { ...(made as Wish), key } : made;
}

export const Fragment: Component = ({ children }) => children;

/** Makes root hold what is wished; what is there already and still wanted stays, with its focus and its caret. */
export function render(wished: unknown, root: Element): void {
  follow(root, flat([wished]));
}

/** Nothing is drawn of what JSX conditions leave behind. */
function flat(inside: unknown[]): Child[] {
  return inside.flat(Infinity).filter((child) => child != null && child !== "" && typeof child !== "boolean") as Child[];
}

function follow(parent: Element, children: Child[], before: Child[] = []): void {
  // Texts that still say the same stay as they are: a translator of pages may have put elements of its own in their place.
  if (children.length === before.length && children.every((child, i) => child === before[i])) return;
  const old = [...parent.childNodes];
  const nodes = children.map((child) => {
    // The first that is of the same kind and not taken yet; elements with a key are told apart by it.
    const at = old.findIndex((node) => {
      const wish = followed.get(node);
      return typeof child === "object" ? wish?.type === child.type && wish.key === child.key : node.nodeType === 3;
    });
    return at < 0 ? (typeof child === "object" ? document.createElement(child.type) : new Text()) : old.splice(at, 1)[0]!;
  });
  for (const node of old) node.remove();
  nodes.forEach((node, i) => {
    const place = parent.childNodes[i];
    if (node !== place) parent.insertBefore(node, place ?? null);
    const child = children[i]!;
    if (typeof child === "object") update(node as HTMLElement, child);
    else if ((node as Text).data !== `${child}`) (node as Text).data = `${child}`;
  });
}

function update(element: HTMLElement, wish: Wish): void {
  const before = followed.get(element);
  followed.set(element, wish);
  for (const name in { ...before?.props, ...wish.props }) {
    const value = wish.props[name];
    if (name === "value") {
      // What is typed is already there; to set it again would move the caret.
      if ((element as HTMLInputElement).value !== value) (element as HTMLInputElement).value = value as string;
    } else if (/^on/.test(name)) {
      Object.assign(element, { [name.toLowerCase()]: value });
    } else if (name !== "ref" && value !== before?.props[name]) {
      if (value == null || (value === false && name[4] !== "-")) element.removeAttribute(name);
      else element.setAttribute(name, value === true && name[4] !== "-" ? "" : `${value}`);
    }
  }
  follow(element, wish.children, before?.children);
  if (!before) (wish.props.ref as ((element: Element) => void) | undefined)?.(element);
}
