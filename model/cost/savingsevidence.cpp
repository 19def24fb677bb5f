// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/cost/packing.h"
#include "model/cost/savings.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace spillway {

void lookAtPayloads(TopicEvidence& evidence, const std::vector<QByteArray>& payloads)
{
    if (payloads.empty())
        return;
    constexpr qsizetype longestField = 200;
    evidence.samples = static_cast<int>(payloads.size());
    std::map<QString, qsizetype> seen;
    for (const QByteArray& payload : payloads) {
        const QJsonDocument document = QJsonDocument::fromJson(payload);
        const QJsonObject object = document.object();
        for (auto field = object.begin(); field != object.end(); ++field) {
            const QByteArray alone =
                QJsonDocument(QJsonObject{{field.key(), field.value()}}).toJson(QJsonDocument::Compact);
            if (field.key().size() > longestField)
                continue;
            ++seen[field.key()];
            evidence.fieldBytes[field.key()] += static_cast<double>(alone.size() - 1) /
                                                static_cast<double>(payloads.size()); // its comma, not its braces
        }
    }
    std::erase_if(evidence.fieldBytes,
                  [&](const auto& field) { return seen[field.first] * 10 < static_cast<qsizetype>(payloads.size()); });
    evidence.fieldSamples = evidence.samples;
    evidence.packedSamples = evidence.samples;
    evidence.packedShare = packedShares(payloads);
}

} // namespace spillway
