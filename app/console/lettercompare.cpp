// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/console/lettercompare.h"

#include "connectors/kafka/connection.h"
#include "connectors/keychain/keychainsecretstore.h"
#include "model/deadletter/comparisonmask.h"
#include "model/deadletter/letterrescue.h"
#include "model/deadletter/letterrows.h"
#include "model/deadletter/topicstore.h"

#include <algorithm>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

/// One connection for one question.
class Asking
{
public:
    Asking(const Context& context, const QString& name)
    {
        for (const ConnectionSettings& settings : context.workspace.connections) {
            if (settings.name == name) {
                m_connection = std::make_unique<KafkaConnection>(settings, &m_secrets, &m_clock);
                m_lookup = m_connection->recordLookup();
            }
        }
    }
    [[nodiscard]] RecordLookup* lookup() const { return m_lookup.get(); }

private:
    SystemClock m_clock;
    KeychainSecretStore m_keychain;
    LocalSecretStore m_secrets{&m_keychain};
    std::unique_ptr<KafkaConnection> m_connection;
    std::unique_ptr<RecordLookup> m_lookup;
};

tl::unexpected<Error> noConnection(const DeadLetter& letter)
{
    return fail(
        ErrorCode::NotFound,
        u"the letter came by connection %1, which spillway.yaml does not name any more"_s.arg(letter.connection));
}

/// There is nothing left to compare. InvalidConfig.
tl::unexpected<Error> nothingLeft(const DeadLetter& letter)
{
    return fail(ErrorCode::InvalidConfig, u"%1: %2"_s.arg(letter.id, letter.erased->toString()));
}

} // namespace

Result<LetterOrigin> readLetterOrigin(const Context& context, Database& reader, const QString& letterId,
                                      std::stop_token stop)
{
    auto letter = letterWithPayload(reader, letterId);
    if (!letter)
        return tl::unexpected<Error>(letter.error());
    const Asking asking(context, letter->connection);
    if (!asking.lookup())
        return noConnection(*letter);
    const auto remadeAfter = topicRemadeAfter(reader, letter->clusterId, letter->facts.originTopic.value_or(QString()));
    if (!remadeAfter)
        return tl::unexpected<Error>(remadeAfter.error());
    auto origin = readOrigin(*asking.lookup(), *letter, std::move(stop), *remadeAfter);
    if (!origin)
        return tl::unexpected<Error>(origin.error());
    return LetterOrigin{std::move(*letter), std::move(*origin)};
}

namespace {

/// With the bytes themselves, which nobody sees like that.
Result<LetterComparison> comparisonOf(const Context& context, Database& reader, const CompareRequest& request,
                                      LookupProgress* progress, const std::stop_token& stop)
{
    switch (request.with) {
    case CompareWith::Origin: {
        auto found = readLetterOrigin(context, reader, request.letterId, stop);
        if (!found)
            return tl::unexpected<Error>(found.error());
        if (found->letter.erased)
            return nothingLeft(found->letter);
        return compareWithOrigin(found->letter, found->origin, stop);
    }
    case CompareWith::LastGood: {
        auto letter = letterWithPayload(reader, request.letterId);
        if (!letter)
            return tl::unexpected<Error>(letter.error());
        if (letter->erased)
            return nothingLeft(*letter);
        const Asking asking(context, letter->connection);
        if (!asking.lookup())
            return noConnection(*letter);
        auto good = findLastGood(*asking.lookup(), reader, *letter, {}, progress, stop);
        if (!good)
            return tl::unexpected<Error>(good.error());
        return compareWithLastGood(*letter, *good, stop);
    }
    case CompareWith::Letter: {
        auto first = letterWithPayload(reader, request.letterId);
        if (!first)
            return tl::unexpected<Error>(first.error());
        auto second = letterWithPayload(reader, request.otherId);
        if (!second)
            return tl::unexpected<Error>(second.error());
        if (first->erased || second->erased)
            return nothingLeft(first->erased ? *first : *second);
        return compareLetters(*first, *second, stop);
    }
    }
    return fail(ErrorCode::Internal, u"no way to compare"_s);
}

} // namespace

Result<LetterComparison> compareLetter(const Context& context, Database& reader, const CompareRequest& request,
                                       LookupProgress* progress, std::stop_token stop)
{
    auto comparison = comparisonOf(context, reader, request, progress, stop);
    if (comparison)
        maskComparison(*comparison, context.masker, MaskPurpose::View, stop);
    return comparison;
}

} // namespace spillway
