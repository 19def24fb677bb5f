// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/deadletter/dialectreader.h"

#include <optional>
#include <vector>

namespace spillway {

/// Headers [first, last) of one hop.
struct HopBlock
{
    std::size_t first = 0;
    std::size_t last = 0;
};

struct OriginPlace
{
    std::optional<QString> topic;
    std::optional<int> partition;
    std::optional<Offset> offset;
};

/// Whether the channel is named as the dead-letter topic of the origin itself: `orders-dlt`, `orders.DLQ`,
/// `failed-orders`. Pure.
[[nodiscard]] bool isDeadLetterTopicOf(const QString& channel, const QString& origin);

/// Letters repeat a framework's headers hop after hop. Reading name by name would put an older hop's cause beside the
/// newest error where the newest has none; so the list is cut where a hop begins, and each field is read inside its
/// block. Dialect and headers outlive it. One thread.
class HopReader
{
public:
    HopReader(const Dialect& dialect, const Headers& headers);

    [[nodiscard]] HopBlock all() const { return {0, m_headers.size()}; }
    [[nodiscard]] HopBlock newestError() const { return block(m_errors, m_dialect.newest == Dialect::End::Last); }
    [[nodiscard]] HopBlock newestOrigin() const { return block(m_origins, m_dialect.newest == Dialect::End::Last); }
    [[nodiscard]] HopBlock firstOrigin() const { return block(m_origins, m_dialect.newest == Dialect::End::First); }
    [[nodiscard]] std::size_t originCount() const { return m_origins.size(); }
    /// Blocks that begin with a failure's header, and how many failures they are: a key and a value that fail begin two
    /// blocks and are one.
    [[nodiscard]] std::size_t errorBlocks() const { return m_errors.size(); }
    [[nodiscard]] std::size_t errorCount() const;
    /// Of these the one with this number, the oldest is 0; with one of them all headers are its own.
    [[nodiscard]] HopBlock origin(std::size_t number) const { return numbered(m_origins, number); }
    [[nodiscard]] HopBlock error(std::size_t number) const { return numbered(m_errors, number); }
    /// What Spring alone does (Dialect::Code::SpringHopsByChannel): whether the only origin, and the group with it, is
    /// the first hop's, while the error is a later one's.
    [[nodiscard]] bool originIsOlder(const QString& channel) const;

    struct Found
    {
        const FieldRule* rule = nullptr;
        std::size_t place = 0;
    };
    /// The newest header inside the block that tells the field; null when none is there.
    [[nodiscard]] Found find(DialectField field, HopBlock block) const;
    /// How often the field's header stands there: of alternatives the first that is there at all.
    [[nodiscard]] std::vector<Found> every(DialectField field) const;

    [[nodiscard]] std::optional<QString> name(DialectField field, HopBlock block) const;
    [[nodiscard]] std::optional<QString> message(DialectField field, HopBlock block) const;
    /// Of several alternatives the first that decodes, since a time may stand in two encodings.
    [[nodiscard]] std::optional<std::int64_t> number(DialectField field, HopBlock block) const;
    /// Where the record was read, as far as the block tells.
    [[nodiscard]] OriginPlace place(HopBlock block) const;
    /// The place of the header that holds the stack; nullopt: none does, or it is empty.
    [[nodiscard]] std::optional<std::size_t> stackPlace(HopBlock block) const;
    /// The failure as these headers tell it.
    [[nodiscard]] ToldError toldError(HopBlock block) const;

private:
    [[nodiscard]] const std::optional<QByteArray>* value(DialectField field, HopBlock block) const;
    [[nodiscard]] HopBlock block(const std::vector<std::size_t>& starts, bool isLast) const;
    [[nodiscard]] HopBlock numbered(const std::vector<std::size_t>& starts, std::size_t number) const;
    [[nodiscard]] bool errorFollowsGroup() const;

    const Dialect& m_dialect;
    const Headers& m_headers;
    std::vector<std::size_t> m_origins; // where a hop's origin begins
    std::vector<std::size_t> m_errors;  // where a hop's failure begins
};

} // namespace spillway
