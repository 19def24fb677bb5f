// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/answer.h"

#include "model/base/jsonwriter.h"
#include "model/store/commandsocket.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <optional>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

QByteArray lineOf(QStringView name, QByteArrayView json)
{
    JsonWriter line;
    line.beginObject().key(name).raw(json).endObject();
    return line.json();
}

QByteArray errorLine(const Error& error)
{
    JsonWriter line;
    line.beginObject()
        .key(u"error")
        .beginObject()
        .field(u"code", static_cast<int>(error.code))
        .field(u"detail", error.detail);
    line.endObject().endObject();
    return line.json();
}

constexpr QByteArrayView dataPrefix("{\"data\":");

} // namespace

void answer(const QByteArray& request, const std::function<bool(QByteArray line)>& reply,
            const std::function<Result<Verdict>(const Decision&, const AnswerSink&)>& carryOut)
{
    const AnswerSink sink{.data = [&](const QByteArray& json) { return reply(lineOf(u"data", json)); },
                          .note =
                              [&](const QString& text) {
                                  JsonWriter line;
                                  line.beginObject().field(u"note", text).endObject();
                                  reply(line.json());
                              }};
    const auto decision = decisionFromJson(request);
    const Result<Verdict> verdict = decision ? carryOut(*decision, sink) : tl::unexpected(decision.error());
    if (!verdict) {
        reply(errorLine(verdict.error()));
        return;
    }
    JsonWriter line;
    line.beginObject().key(u"verdict").beginObject().field(u"exit", verdict->exitCode).endObject().endObject();
    reply(line.json());
}

std::optional<Result<Verdict>> ask(const QString& stateFolder, const Decision& decision, const AnswerSink& sink,
                                   std::stop_token stop, Error& why)
{
    std::optional<Result<Verdict>> verdict;
    const Status called = CommandClient::call(
        stateFolder, decisionToJson(decision),
        [&](const QByteArray& line) {
            // Data is handed on as the bytes it came in: large integers and the order of fields stay.
            if (line.startsWith(dataPrefix)) {
                sink.data(line.sliced(dataPrefix.size(), line.size() - dataPrefix.size() - 1));
                return;
            }
            const QJsonObject object = QJsonDocument::fromJson(line).object();
            if (object.contains(u"note")) {
                sink.note(object[u"note"].toString());
            } else if (object.contains(u"verdict")) {
                verdict = Verdict{object[u"verdict"].toObject()[u"exit"].toInt()};
            } else if (object.contains(u"error")) {
                const QJsonObject error = object[u"error"].toObject();
                const int code = error[u"code"].toInt(static_cast<int>(ErrorCode::Internal));
                verdict = fail(code >= 0 && code <= static_cast<int>(ErrorCode::Internal) ? static_cast<ErrorCode>(code)
                                                                                          : ErrorCode::Internal,
                               error[u"detail"].toString());
            }
        },
        stop);
    if (verdict)
        return *verdict;
    if (!called && called.error().code == ErrorCode::Unreachable) {
        why = called.error();
        return std::nullopt;
    }
    if (!called)
        return Result<Verdict>(tl::unexpected(called.error()));
    return Result<Verdict>(
        fail(ErrorCode::Corrupt,
             u"the process that holds %1 gave no verdict; both programs must be of one version"_s.arg(stateFolder)));
}

} // namespace spillway
