import { t } from "../page/text";
import { language } from "../text/catalog";

const words = new Intl.RelativeTimeFormat(language(), { numeric: "auto" });
const day = new Intl.DateTimeFormat(language(), { dateStyle: "medium" }); // as the widget writes it
const exact = new Intl.DateTimeFormat(language(), { dateStyle: "medium", timeStyle: "short" });

/** A time in words: relative for a week, then the date. The tooltip shows the minute. */
export function RelativeTime({ at }: { at: string }) {
  const time = new Date(at);
  return (
    <time dateTime={at} title={exact.format(time)}>
      {ago(time)}
    </time>
  );
}

/** A time to the minute. */
export function ExactTime({ at }: { at: string }) {
  return <time dateTime={at}>{exact.format(new Date(at))}</time>;
}

function ago(time: Date): string {
  const minutes = Math.round((time.getTime() - Date.now()) / 60_000);
  if (minutes === 0) return t("justNow");
  if (Math.abs(minutes) < 60) return words.format(minutes, "minute");
  if (Math.abs(minutes) < 24 * 60) return words.format(Math.round(minutes / 60), "hour");
  if (Math.abs(minutes) < 7 * 24 * 60) return words.format(Math.round(minutes / 24 / 60), "day");
  return day.format(time);
}
