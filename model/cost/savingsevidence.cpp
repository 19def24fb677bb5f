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
    evidence.samples = static_cast<int>(payloads.size());
    for (const QByteArray& payload : payloads) {
        const QJsonDocument document = QJsonDocument::fromJson(payload);
        const QJsonObject object = document.object();
        for (auto field = object.begin(); field != object.end(); ++field) {
            const QByteArray alone =
                QJsonDocument(QJsonObject{{field.key(), field.value()}}).toJson(QJsonDocument::Compact);
            evidence.fieldBytes[field.key()] += static_cast<double>(alone.size() - 1) /
                                                static_cast<double>(payloads.size()); // its comma, not its braces
        }
    }
    evidence.packedSamples = evidence.samples;
    evidence.packedShare = packedShares(payloads);
}

} // namespace spillway
