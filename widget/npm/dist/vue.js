// <AsideNotes/> for Vue 3: the element with properties instead of attributes and events.
import { defineComponent, h, onMounted, shallowRef, watch } from "vue";
import { load } from "./index.js";
/** The widget. A template ref has `element`, with its methods. */
export const AsideNotes = defineComponent({
    name: "AsideNotes",
    props: {
        frameOrigin: { type: String, required: true },
        tenant: { type: String, required: true },
        theme: String,
        locale: String,
        variables: Object,
        ticket: String,
        visitor: String,
        context: String,
        assertion: Function,
        nonce: String,
        pinned: Object,
    },
    emits: {
        ready: () => true,
        signedIn: () => true,
        signedOut: () => true,
        error: (_) => true,
    },
    setup(props, { emit, expose }) {
        const element = shallowRef();
        const ask = async (request) => props.assertion?.(request);
        // Ask again when the page names another user or, without a name, when it passes another function.
        const assert = () => {
            element.value.assertion = props.assertion && (props.visitor === undefined ? props.assertion : ask);
        };
        onMounted(() => {
            assert();
            if (element.value.ready)
                emit("ready"); // before the page was hydrated
            const { frameOrigin, nonce, pinned } = props;
            load(frameOrigin, { ...(nonce && { nonce }), ...(pinned && { pinned }) }).catch(({ message }) => emit("error", { code: "script_blocked", message, help: frameOrigin + "/help#script_blocked" }));
        });
        watch([() => props.assertion, () => props.visitor], assert, { flush: "post" });
        expose({ element });
        return () => h("aside-notes", {
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
            onAsideerror: (event) => emit("error", event.detail),
        });
    },
});
