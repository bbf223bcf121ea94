// The script: what to say, what to ask; an answer leads on, an earlier one can be changed.
import { html, nothing } from "lit";
import { repeat } from "lit/directives/repeat.js";
import type { ConversationView, ScriptStepView, ScriptView } from "../protocol.gen.js";
import { t } from "../texts.js";
import { empty, icon, keyHint, type Html } from "./bits.js";
import { Piece } from "./piece.js";

const KINDS: Record<string, string> = { date: "date" };

class ScriptPanel extends Piece {
  static override readonly follows = ["conversations"] as const;
  static override properties = { ...Piece.properties, conversation: { attribute: false } };
  declare conversation: ConversationView;
  private changing = "";          // the step whose answer is given again
  private last = "";

  protected override render(): Html {
    const read = this.desk.guide.script(this.conversation);
    if (!read) return html`<p class="faint">${t("script.reading")}</p>`;
    const { script, others } = read;
    return html`<div class="script">
      <label class="field"><span>${t("script.which")}</span>
        <select id="script-choice" @change=${(event: Event) => void this.desk.guide.choose(
          this.conversation, (event.target as HTMLSelectElement).value)}>
          ${script ? nothing : html`<option value="" selected>${t("script.none")}</option>`}
          ${others.map((one) => html`<option value=${one.id} ?selected=${one.id === script?.id}>
            ${one.title}</option>`)}</select></label>
      ${script ? this.steps(script) : empty(t("script.none"), t("script.none_how"))}</div>`;
  }

  private steps(script: ScriptView): Html {
    return html`<ol class="script-steps">${repeat(script.steps, (step) => step.id, (step) =>
      this.step(step, script))}</ol>
      ${script.done ? html`<p class="script-end" role="status">${icon("check")} ${t("script.done")}</p>`
        : nothing}`;
  }

  private step(step: ScriptStepView, script: ScriptView): Html {
    const waits = !script.done && step === script.steps.at(-1);
    const asks = waits || this.changing === step.id;
    return html`<li class="script-step ${waits ? "is-waiting" : ""}" data-step=${step.id}>
      <p class="script-say">${step.text}</p>
      ${step.ask ? asks ? this.question(step) : this.answered(step) : nothing}</li>`;
  }

  private answered(step: ScriptStepView): Html {
    return html`<button class="script-answer" title=${t("script.change")}
      @click=${() => { this.changing = step.id; this.requestUpdate(); }}>
      ${icon("check")} <span>${step.said || t("script.nothing_said")}</span> ${icon("pencil")}</button>`;
  }

  private question(step: ScriptStepView): Html {
    const wrong = this.desk.guide.wrong;
    const label = step.label || t(`script.ask.${step.ask}`);
    return html`${step.choices.length
      ? html`${step.label ? html`<p class="script-label">${step.label}</p>` : nothing}
        <div class="script-choices" role="group" aria-label=${label}>
        ${step.choices.map(([value = "", words = ""], index) => html`<button class="outcome"
          data-answer=${value} aria-pressed=${step.answer === value}
          @click=${() => this.give(step, value)}>${keyHint(String(index + 1))} <span>${words}</span>
        </button>`)}</div>`
      : html`<form class="joined" @submit=${(event: Event) => this.submit(event, step)}>
        <input id="script-answer-${step.id}" name="answer" autocomplete="off" maxlength="2000"
          aria-label=${label} placeholder=${label} type=${KINDS[step.ask] ?? "text"}
          inputmode=${step.ask === "number" || step.ask === "sum" ? "decimal" : nothing}
          .defaultValue=${step.answer ?? ""}>
        <button class="button" data-act="script-next">${icon("arrow-right")} ${
          t(step.required ? "script.next" : "script.skip_or_next")}</button></form>`}
      ${wrong?.step === step.id ? html`<p class="field-error" role="alert">
        ${icon("triangle-alert")} ${wrong.text}</p>` : nothing}`;
  }

  private submit(event: Event, step: ScriptStepView): void {
    event.preventDefault();
    this.give(step, String(new FormData(event.target as HTMLFormElement).get("answer") ?? ""));
  }

  private give(step: ScriptStepView, answer: string): void {
    this.changing = "";
    void this.desk.guide.answer(this.conversation, step, answer);
  }

  /** The next question comes into sight, and into reach of who works here with the keyboard. */
  protected override updated(): void {
    const waiting = this.desk.guide.waiting(this.conversation)?.id ?? "";
    if (waiting === this.last) return;
    const wasHere = this.last !== "" && (this.contains(document.activeElement)
      || document.activeElement === document.body);
    this.last = waiting;
    const step = this.querySelector(".script-step.is-waiting");
    step?.scrollIntoView({ block: "nearest" });
    if (wasHere) step?.querySelector<HTMLElement>("input, .outcome")?.focus();
  }
}

customElements.define("script-panel", ScriptPanel);
