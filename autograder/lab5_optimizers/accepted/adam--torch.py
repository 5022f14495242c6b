"""PyTorch's own optimizer inside."""


import torch


class Adam:
    def __init__(self, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.make = lambda parameters: torch.optim.Adam(parameters, lr=lr, betas=(beta1, beta2), eps=eps)
        self.optimizer = None

    def step(self, theta, grad):
        if self.optimizer is None:
            self.parameter = torch.tensor(theta)
            self.optimizer = self.make([self.parameter])
        self.parameter.copy_(torch.tensor(theta))
        self.parameter.grad = torch.tensor(grad)
        self.optimizer.step()
        return self.parameter.clone()
