"""Forward through the layers with all data, and back again"""


def deep_gradient(x, y, w):
    inputs = [np.asarray(x)]
    for weight in w:
        inputs.append(weight * inputs[-1])
    back = (inputs[-1] - y) / len(x)
    gradient = []
    for i in reversed(range(len(w))):
        gradient.append(np.sum(back * inputs[i]))
        back = back * w[i]
    return np.array(gradient[::-1])
