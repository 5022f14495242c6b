"""Shows figures of a billion pixels, and of a million points."""
# %% cell
import matplotlib.pyplot as plt
import numpy as np

figure = plt.figure(figsize=(400, 400), dpi=100)
plt.plot(np.random.rand(2_000_000))
plt.show()
