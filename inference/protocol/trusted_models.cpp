// In a file of its own: it is compiled anew with every new model.
#include "inference/protocol/model_package.h"

#include <algorithm>

namespace spondyl::inference {
namespace {
/// SHA-256 of the cards that we ship, made when the build was configured; the empty one matches nothing.
constexpr std::array shippedCards{
#include "trusted_models.inc"
    ""};
} // namespace

bool isShippedCard(const std::string& cardSha256) {
  return !cardSha256.empty() &&
         std::find(shippedCards.begin(), shippedCards.end(), cardSha256) != shippedCards.end();
}

} // namespace spondyl::inference
