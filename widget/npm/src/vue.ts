// <AsideNotes/> for Vue 3: the element with properties instead of attributes and events.
import { defineComponent, h, onMounted, shallowRef, watch, type PropType } from "vue";
import { load, type Assertion, type AsideAttributes, type AsideError, type AsideNotesElement, type LoadOptions, type Variables } from "./index.js";

/** The properties of the component. `id`, `class`, `style`, `hidden` and `title` go to the element. */
export interface AsideNotesProps extends Omit<AsideAttributes, "variables" | "assertion" | "title">, LoadOptions {
  /** Aside's frame origin, `https://…`. */
  frameOrigin: string;
  /** The look. See `Variables`. */
  variables?: Variables;
  /** Says who the visitor is. With `visitor` it can be an inline function. Without, a new function asks again. */
  assertion?: Assertion | undefined;
}

/** The events of the component. */
export interface AsideNotesEmits {
  /** The widget is ready to use. */
  ready: () => void;
  /** A session began. */
  signedIn: () => void;
  /** A session ended. */
  signedOut: () => void;
  /** Something failed, or the script could not be loaded. You or the visitor have to act. */
  error: (error: AsideError) => void;
}

/** The widget. A template ref has `element`, with its methods. */
export const AsideNotes = defineComponent({
  name: "AsideNotes",
  props: {
    frameOrigin: { type: String, required: true },
    tenant: { type: String, required: true },
    theme: String as PropType<"light" | "dark" | "auto">,
    locale: String,
    variables: Object as PropType<Variables>,
    ticket: String,
    visitor: String as PropType<string | null>,
    context: String as PropType<string | null>,
    assertion: Function as PropType<Assertion>,
    nonce: String,
    pinned: Object as PropType<{ file: string; integrity: string }>,
  },
  emits: {
    ready: () => true,
    signedIn: () => true,
    signedOut: () => true,
    error: (_: AsideError) => true,
  },
  setup(props, { emit, expose }) {
    const element = shallowRef<AsideNotesElement>();
    const ask: Assertion = async (request) => props.assertion?.(request);
    // Ask again when the page names another user or, without a name, when it passes another function.
    const assert = () => {
      element.value!.assertion = props.assertion && (props.visitor === undefined ? props.assertion : ask);
    };
    onMounted(() => {
      assert();
      if (element.value!.ready) emit("ready"); // before the page was hydrated
      const { frameOrigin, nonce, pinned } = props;
      load(frameOrigin, { ...(nonce && { nonce }), ...(pinned && { pinned }) }).catch(({ message }: Error) =>
        emit("error", { code: "script_blocked", message, help: frameOrigin + "/help#script_blocked" }),
      );
    });
    watch([() => props.assertion, () => props.visitor], assert, { flush: "post" });
    expose({ element });
    return () =>
      h("aside-notes", {
        ref: element,
        // Room for the frame, so that nothing on the page moves when it comes.
        style: { display: "block", minHeight: "240px" },
        tenant: props.tenant,
        theme: props.theme,
        locale: props.locale,
        ticket: props.ticket,
        visitor: props.visitor,
        context: props.context,
        variables: props.variables && JSON.stringify(props.variables),
        onAsideready: () => emit("ready"),
        onAsidesignedin: () => emit("signedIn"),
        onAsidesignedout: () => emit("signedOut"),
        onAsideerror: (event: CustomEvent<AsideError>) => emit("error", event.detail),
      });
  },
});
