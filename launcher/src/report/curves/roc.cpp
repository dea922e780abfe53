#include <algorithm>
#include <cmath>
#include <numeric>

#include "curves.hpp"

namespace medvlm::report {
namespace {

/// Where the curve is at a false positive rate; of a vertical step the upper end.
double height_at(const RocCurve& curve, double x) {
  const auto after = std::upper_bound(curve.x.begin(), curve.x.end(), x);
  if (after == curve.x.begin()) return curve.y.front();
  const auto right = static_cast<std::size_t>(after - curve.x.begin());
  const std::size_t left = right - 1;
  if (right == curve.x.size() || curve.x[left] == x) return curve.y[left];
  const double share = (x - curve.x[left]) / (curve.x[right] - curve.x[left]);
  return curve.y[left] + share * (curve.y[right] - curve.y[left]);
}

/// The distance of point i from the line through a and b.
double off_line(const RocCurve& curve, std::size_t a, std::size_t b, std::size_t i) {
  const double dx = curve.x[b] - curve.x[a], dy = curve.y[b] - curve.y[a];
  const double length = std::hypot(dx, dy);
  const double px = curve.x[i] - curve.x[a], py = curve.y[i] - curve.y[a];
  return length > 0 ? std::abs(dx * py - dy * px) / length : std::hypot(px, py);
}

struct Piece {
  std::size_t begin = 0, end = 0, farthest = 0;
  double distance = -1;
};

Piece piece_of(const RocCurve& curve, std::size_t begin, std::size_t end) {
  Piece piece{begin, end, begin, -1};
  for (std::size_t i = begin + 1; i < end; ++i) {
    const double distance = off_line(curve, begin, end, i);
    if (distance > piece.distance) {
      piece.distance = distance;
      piece.farthest = i;
    }
  }
  return piece;
}

}  // namespace

RocCurve roc_curve(std::span<const double> scores, std::span<const std::int8_t> truth) {
  const auto positives = static_cast<double>(std::count(truth.begin(), truth.end(), 1));
  const auto negatives = static_cast<double>(truth.size()) - positives;
  if (positives == 0 || negatives == 0) return {};
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  RocCurve curve{{0}, {0}};
  double hits = 0, alarms = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    (truth[order[i]] == 1 ? hits : alarms) += 1;
    if (i + 1 < order.size() && scores[order[i + 1]] == scores[order[i]]) continue;
    curve.x.push_back(alarms / negatives);
    curve.y.push_back(hits / positives);
  }
  return curve;
}

RocCurve mean_curve(const std::vector<RocCurve>& curves) {
  if (curves.empty()) return {};
  RocCurve mean{{0}, {0}};
  for (int step = 0; step <= 100; ++step) {
    const double x = step / 100.0;
    double sum = 0;
    for (const RocCurve& curve : curves) sum += height_at(curve, x);
    mean.x.push_back(x);
    mean.y.push_back(sum / static_cast<double>(curves.size()));
  }
  return mean;
}

RocCurve thinned(const RocCurve& curve, std::size_t points) {
  if (curve.x.size() <= points) return curve;
  std::vector<Piece> pieces = {piece_of(curve, 0, curve.x.size() - 1)};
  const auto nearer = [](const Piece& a, const Piece& b) { return a.distance < b.distance; };
  while (pieces.size() + 1 < points && pieces.front().distance > 1e-9) {
    std::pop_heap(pieces.begin(), pieces.end(), nearer);
    const Piece worst = pieces.back();
    pieces.pop_back();
    for (const Piece& part :
         {piece_of(curve, worst.begin, worst.farthest), piece_of(curve, worst.farthest, worst.end)}) {
      pieces.push_back(part);
      std::push_heap(pieces.begin(), pieces.end(), nearer);
    }
  }
  std::vector<std::size_t> kept = {0};
  for (const Piece& piece : pieces) kept.push_back(piece.end);
  std::sort(kept.begin(), kept.end());
  RocCurve result;
  for (const std::size_t i : kept) {
    result.x.push_back(curve.x[i]);
    result.y.push_back(curve.y[i]);
  }
  return result;
}

}  // namespace medvlm::report
