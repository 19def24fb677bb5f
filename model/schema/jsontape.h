// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>
#include <QString>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spillway {

enum class JsonKind : std::uint8_t { Null, False, True, Number, String, Array, Object };

/// One value, or a member's name (a String). Children follow their parent; an object's are name, value, name, value, …
struct JsonNode
{
    std::uint32_t first = 0; ///< bytes [first, last) of the document, quotes included
    std::uint32_t last = 0;
    std::uint32_t end = 0;   ///< index behind the last node within this one
    std::uint32_t count = 0; ///< elements; members, each name once
    std::uint32_t textAt = 0;
    std::uint32_t textSize = 0;
    std::uint32_t hash = 0; ///< of a name's text
    JsonKind kind = JsonKind::Null;
    bool isDecoded = false;  ///< the text had escapes and lies in the side buffer
    bool isShadowed = false; ///< a name that comes again later in its object; the later one counts
};

struct JsonTapeFault
{
    std::int64_t at = 0;  ///< byte
    QString message;      ///< a plain sentence part: "a comma or } is missing"
    bool isLimit = false; ///< too large for us; it may be sound JSON
};

/// A JSON document read once into a flat list of nodes, by RFC 8259 and to the letter: numbers stay as written,
/// duplicate names are kept and marked (the last one counts, as for Jackson and JavaScript), a lone surrogate is one
/// character. Reads untrusted bytes without recursion, so that depth costs memory only. Keeps its buffers for the next
/// document. One thread at a time; const access from any.
class JsonTape
{
public:
    static constexpr std::size_t mostNodes = 6'000'000;

    /// @param json  outlives the tape's use. @return  whether it is a JSON document; else `fault` tells.
    [[nodiscard]] bool parse(QByteArrayView json);
    [[nodiscard]] const JsonTapeFault& fault() const { return m_fault; }

    [[nodiscard]] const JsonNode& operator[](std::uint32_t node) const { return m_nodes[node]; }
    [[nodiscard]] std::size_t size() const { return m_nodes.size(); }
    /// Unescaped text of a String, as UTF-8 (a lone surrogate as its three bytes).
    [[nodiscard]] std::string_view text(std::uint32_t node) const;
    /// The node's bytes as written.
    [[nodiscard]] QByteArrayView token(std::uint32_t node) const;
    [[nodiscard]] bool isTrue(std::uint32_t node) const { return m_nodes[node].kind == JsonKind::True; }

    /// The value of this name in an object; nullopt: not there, or no object.
    [[nodiscard]] std::optional<std::uint32_t> member(std::uint32_t object, std::string_view name) const;
    [[nodiscard]] std::optional<std::uint32_t> element(std::uint32_t array, std::size_t index) const;
    /// RFC 6901 pointer of a node (of a member's name: of its value), at most 2 000 characters long.
    [[nodiscard]] QString pointerOf(std::uint32_t node) const;

    [[nodiscard]] bool hasDuplicateNames() const { return m_hasDuplicateNames; }
    [[nodiscard]] static std::uint32_t hashOf(std::string_view text);

private:
    bool fail(std::size_t at, QString message, bool isLimit = false);
    bool readValue(std::size_t& at);
    bool readString(std::size_t& at, bool isName);
    bool readEscapes(std::size_t from, std::size_t to);
    bool readNumber(std::size_t& at);
    bool readWord(std::size_t& at, std::string_view word, JsonKind kind);
    void close(std::uint32_t container, std::size_t at);
    void markDuplicates(std::uint32_t object);
    [[nodiscard]] std::uint32_t push(JsonKind kind, std::size_t first);
    void skipSpace(std::size_t& at) const;

    QByteArrayView m_json;
    std::vector<JsonNode> m_nodes;
    std::string m_decoded;
    std::vector<std::uint32_t> m_open;
    std::vector<std::uint32_t> m_names; // scratch
    JsonTapeFault m_fault;
    bool m_hasDuplicateNames = false;
};

} // namespace spillway
