"""Tables of pairs in torch"""


import torch


def lbfgs_direction(grad, s_list, y_list):
    q = -torch.tensor(grad)
    if len(s_list) == 0:
        return q.numpy()
    s, y = torch.tensor(np.array(s_list)), torch.tensor(np.array(y_list))
    curvature = (s * y).sum(dim=1)
    s, y, curvature = s[curvature > 0], y[curvature > 0], curvature[curvature > 0]
    alpha = torch.zeros_like(curvature)
    for k in range(len(s) - 1, -1, -1):
        alpha[k] = s[k].dot(q) / curvature[k]
        q = q - alpha[k] * y[k]
    if len(s):
        q = q * curvature[-1] / y[-1].square().sum()
    for k in range(len(s)):
        q = q + s[k] * (alpha[k] - y[k].dot(q) / curvature[k])
    return q.numpy()
