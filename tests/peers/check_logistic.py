"""check_logistic.py FITS: fits every problem of the file with scikit-learn and compares loss and probabilities."""
import sys
import warnings

import numpy as np
from safetensors.numpy import load_file
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler


def probabilities(logits):
    if logits.shape[1] == 1:
        positive = 1 / (1 + np.exp(-logits))
        return np.hstack([1 - positive, positive])
    exponents = np.exp(logits - logits.max(1, keepdims=True))
    return exponents / exponents.sum(1, keepdims=True)


def main(file):
    warnings.simplefilter("ignore")
    tensors = load_file(file)
    worst = 0.0
    for name in (n for n in tensors if n.startswith("logits.")):
        classes, weighting, strength = name.split(".", 3)[1:]
        features, labels = tensors[f"features.{classes}"], tensors[f"labels.{classes}"]
        features = StandardScaler().fit_transform(features)
        model = LogisticRegression(C=float(strength), class_weight="balanced" if weighting == "balanced" else None,
                                   tol=1e-12, max_iter=100000)
        expected = model.fit(features, labels).predict_proba(features)
        difference = np.abs(probabilities(tensors[name]) - expected).max()
        worst = max(worst, difference)
        print(f"scikit-learn: {name}: largest difference of a probability {difference:.2e}")
    return 0 if worst < 1e-6 else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
