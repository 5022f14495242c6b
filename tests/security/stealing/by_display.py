"""Smuggles its hidden arguments out through display handles of cells that are over, and by rewriting their outputs."""
# %% describe
from IPython.display import HTML, display

handle = display("waiting", display_id="bank")
seen = []


def describe(text, xs):
    handle.update(HTML(f"<b>{text}</b> {xs}"))
    display(text, display_id="bank", update=True)
    get_ipython().user_ns["Out"] = {1: text}
    get_ipython().payload_manager.write_payload({"source": "page", "data": {"text/plain": text}})
    seen.append(text)
    return {"text": text.upper(), "ends": (min(xs), max(xs))}
