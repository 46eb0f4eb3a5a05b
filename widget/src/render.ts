// The part of Preact that the widget needs. The build (widget/build) uses it in place of Preact, which is half as large as the frame.
// The widget is written against Preact's types, so switching back changes one line. Components are plain functions of the app's
// state: there are no hooks, no contexts and no classes.

/** VirtualNode describes an element: its type, its properties and its children. */
interface VirtualNode {
  type: string;
  props: Props;
  key: unknown;
  children: Child[];
}

type Props = Record<string, unknown>;
type Child = VirtualNode | string | number;
type Component = (props: Props) => unknown;

/** The VirtualNode that each element was last updated from. */
const rendered = new WeakMap<Node, VirtualNode>();

/** Creates a VirtualNode for JSX. It calls components immediately, and adds the items of fragments and lists to their parent. */
export function h(type: string | Component, attributes: Props | null, ...children: unknown[]): unknown {
  const { key, ...props } = attributes ?? {};
  if (typeof type === "string") return { type, props, key, children: flatten(children) };
  const node = type({ ...props, children });
  return key ? { ...(node as VirtualNode), key } : node;
}

export const Fragment: Component = ({ children }) => children;

/** Renders content into root. It reuses the existing elements where it can, so that they keep their focus and caret. */
export function render(content: unknown, root: Element): void {
  reconcile(root, flatten([content]));
}

/** Returns the children as one list, without the null, empty and boolean values of JSX conditions. */
function flatten(children: unknown[]): Child[] {
  return children.flat(Infinity).filter((child) => child != null && child !== "" && typeof child !== "boolean") as Child[];
}

function reconcile(parent: Element, children: Child[], previous: Child[] = []): void {
  // Leave unchanged texts alone: a page translator may have replaced them with its own elements.
  if (children.length === previous.length && children.every((child, i) => child === previous[i])) return;
  const old = [...parent.childNodes];
  const nodes = children.map((child) => {
    // Reuse the first unused node with the same type and key.
    const at = old.findIndex((node) => {
      const existing = rendered.get(node);
      return typeof child === "object" ? existing?.type === child.type && existing.key === child.key : node.nodeType === 3;
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

function update(element: HTMLElement, next: VirtualNode): void {
  const previous = rendered.get(element);
  rendered.set(element, next);
  for (const name in { ...previous?.props, ...next.props }) {
    const value = next.props[name];
    if (name === "value" || name === "checked") {
      // A person changes the property, not the attribute. Setting the value can move the caret, even if the value is the same.
      const input = element as HTMLElement & Props;
      if (input[name] !== value) input[name] = value;
    } else if (/^on/.test(name)) {
      Object.assign(element, { [name.toLowerCase()]: value });
    } else if (name !== "ref" && value !== previous?.props[name]) {
      if (value == null || (value === false && name[4] !== "-")) element.removeAttribute(name);
      else element.setAttribute(name, value === true && name[4] !== "-" ? "" : `${value}`);
    }
  }
  reconcile(element, next.children, previous?.children);
  if (!previous) (next.props.ref as ((element: Element) => void) | undefined)?.(element);
}
