// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/schema/avrocompat.h"

#include "model/schema/avrofit.h"
#include "model/schema/avrosample.h"

#include <QStringList>

#include <algorithm>
#include <map>
#include <set>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

using Kind = AvroType::Kind;
using Reason = AvroReason;

QString text(std::string_view utf8)
{
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

using Pair = std::pair<std::uint32_t, std::uint32_t>;

class Matcher
{
public:
    /// @param explained  pairs whose faults were told in passing; shared, so that nested unions cost no more than pairs
    Matcher(const AvroSchema& reader, const AvroSchema& writer, AvroFit& fit, std::set<Pair>& explained)
        : m_reader(reader)
        , m_writer(writer)
        , m_fit(fit)
        , m_explained(explained)
    {
    }

    std::vector<AvroIncompatibility> run()
    {
        check(m_reader.root, m_writer.root);
        return std::move(m_found);
    }

private:
    /// One step down in both schemas; undone when it goes.
    class Step
    {
    public:
        Step(Matcher& matcher, const QString& location, const QString& field, const AvroStep* way)
            : m_matcher(matcher)
            , m_hasField(!field.isNull())
            , m_hasWay(way != nullptr)
        {
            m_matcher.m_location.append(location);
            if (m_hasField)
                m_matcher.m_field.append(field);
            if (way)
                m_matcher.m_way.push_back(*way);
        }
        ~Step()
        {
            m_matcher.m_location.removeLast();
            if (m_hasField)
                m_matcher.m_field.removeLast();
            if (m_hasWay)
                m_matcher.m_way.pop_back();
        }
        Q_DISABLE_COPY_MOVE(Step)

    private:
        Matcher& m_matcher;
        bool m_hasField;
        bool m_hasWay;
    };

    void report(Reason reason, std::int64_t readerAt, std::int64_t writerAt, const QString& message)
    {
        if (m_found.size() >= mostFindings)
            return;
        QString field;
        for (const QString& part : m_field)
            field += part.startsWith(u'[') || field.isEmpty() ? part : u'.' + part;
        AvroIncompatibility found{.reason = reason,
                                  .location = u'/' + m_location.join(u'/'),
                                  .cause = {},
                                  .field = field,
                                  .message = message,
                                  .readerAt = readerAt,
                                  .writerAt = writerAt,
                                  .counterexample = {}};
        if (const auto datum = avroSample(m_writer, m_way)) {
            if (const auto fault = decodeAvroAs(m_writer, m_reader, *datum).fault) {
                found.counterexample = decodeAvro(m_writer, *datum).json;
                found.datum = *datum;
                found.fault = *fault;
            }
        }
        m_found.push_back(std::move(found));
    }

    void wrong(Reason reason, const AvroType& reader, const AvroType& writer, const QString& message)
    {
        report(reason, reader.at, writer.at, message);
    }

    void check(std::uint32_t r, std::uint32_t w)
    {
        // A pair that is being looked at, or was, says what it has to say once.
        if (!m_seen.emplace(r, w).second)
            return;
        const AvroType& reader = m_reader.types[r];
        const AvroType& writer = m_writer.types[w];
        if (writer.kind == Kind::Union) {
            const QStringList base = m_location;
            for (std::size_t i = 0; i < writer.choices.size(); ++i) {
                const AvroStep way{AvroStep::Kind::Branch, i};
                if (reader.kind == Kind::Union) {
                    const Step step(*this, QString::number(i), {}, &way);
                    readerUnion(reader, m_writer.types[writer.choices[i]], writer.choices[i], base);
                } else {
                    m_way.push_back(way);
                    check(r, writer.choices[i]);
                    m_way.pop_back();
                }
            }
            return;
        }
        if (reader.kind == Kind::Union) {
            readerUnion(reader, writer, w, m_location);
            return;
        }
        if (reader.kind != writer.kind) {
            if (!avroPromotes(writer.kind, reader.kind))
                wrong(Reason::TypeMismatch, reader, writer,
                      u"%1 is written and cannot be read as %2"_s.arg(avroTypeText(m_writer, w),
                                                                      avroTypeText(m_reader, r)));
            return;
        }
        sameKind(r, w);
    }

    /// @param base  location of the reader's union
    void readerUnion(const AvroType& reader, const AvroType& writer, std::uint32_t w, const QStringList& base)
    {
        for (const std::uint32_t choice : reader.choices) {
            if (m_fit.fits(choice, w))
                return;
        }
        // The branch that was meant leads to the datum that fails; without one any datum does.
        for (std::size_t i = 0; i < reader.choices.size(); ++i) {
            const std::uint32_t choice = reader.choices[i];
            const AvroType& branch = m_reader.types[choice];
            if (branch.kind != writer.kind || (!branch.name.empty() && !avroNamesFit(branch, writer)))
                continue;
            if (!m_explained.emplace(choice, w).second)
                continue;
            Matcher inner(m_reader, m_writer, m_fit, m_explained);
            inner.m_way = m_way;
            inner.m_seen = m_seen;
            inner.m_location = base;
            inner.m_location.append(QString::number(i));
            inner.check(choice, w);
            if (inner.m_found.empty())
                return; // it fails by a recursive type alone, whose fault is told where it begins
            const AvroIncompatibility& why = inner.m_found.front();
            wrong(Reason::MissingUnionBranch, reader, writer,
                  u"no branch of the reader's union takes %1: %2%3"_s.arg(
                      avroTypeText(m_writer, w), why.field.isEmpty() ? QString() : why.field + u": "_s, why.message));
            if (m_found.size() >= mostFindings)
                return;
            m_found.back().cause = why.cause.isEmpty() ? why.location : why.cause;
            if (!m_found.back().counterexample) {
                m_found.back().counterexample = why.counterexample;
                m_found.back().datum = why.datum;
                m_found.back().fault = why.fault;
            }
            return;
        }
        wrong(Reason::MissingUnionBranch, reader, writer,
              u"no branch of the reader's union takes %1"_s.arg(avroTypeText(m_writer, w)));
    }

    void sameKind(std::uint32_t r, std::uint32_t w)
    {
        const AvroType& reader = m_reader.types[r];
        const AvroType& writer = m_writer.types[w];
        switch (reader.kind) {
        case Kind::Array: {
            const AvroStep way{AvroStep::Kind::Item, 0};
            const Step step(*this, u"items"_s, u"[]"_s, &way);
            check(reader.choices.front(), writer.choices.front());
            break;
        }
        case Kind::Map: {
            const AvroStep way{AvroStep::Kind::Item, 0};
            const Step step(*this, u"values"_s, u"*"_s, &way);
            check(reader.choices.front(), writer.choices.front());
            break;
        }
        case Kind::Fixed:
            names(reader, writer);
            if (reader.size != writer.size) {
                const Step step(*this, u"size"_s, {}, nullptr);
                wrong(Reason::FixedSizeMismatch, reader, writer,
                      u"%1 bytes are written and %2 are read"_s.arg(writer.size).arg(reader.size));
            }
            break;
        case Kind::Enum:
            names(reader, writer);
            symbols(reader, writer);
            break;
        case Kind::Record:
            names(reader, writer);
            record(reader, writer);
            break;
        default:
            break;
        }
    }

    void names(const AvroType& reader, const AvroType& writer)
    {
        if (avroNamesFit(reader, writer))
            return;
        const Step step(*this, u"name"_s, {}, nullptr);
        wrong(Reason::NameMismatch, reader, writer,
              u"%1 is written and %2 is read; an alias would join them"_s.arg(text(writer.name), text(reader.name)));
    }

    void symbols(const AvroType& reader, const AvroType& writer)
    {
        const std::vector<std::size_t> places = avroMissingSymbols(reader, writer);
        if (places.empty())
            return;
        QStringList missing;
        for (const std::size_t place : places)
            missing.append(text(writer.symbols[place]));
        const AvroStep way{AvroStep::Kind::Symbol, places.front()};
        const Step step(*this, u"symbols"_s, {}, &way);
        wrong(Reason::MissingEnumSymbols, reader, writer,
              u"the reader does not know %1 and has no default symbol"_s.arg(missing.mid(0, 20).join(u", ")));
    }

    void record(const AvroType& reader, const AvroType& writer)
    {
        const Step all(*this, u"fields"_s, {}, nullptr);
        for (std::size_t i = 0; i < reader.fields.size(); ++i) {
            const AvroType::Field& field = reader.fields[i];
            const auto source = avroFieldFor(writer, field);
            if (!source) {
                const Step step(*this, QString::number(i), text(field.name), nullptr);
                if (field.defaultJson)
                    continue;
                report(Reason::ReaderFieldMissingDefaultValue, field.at, writer.at,
                       u"%1 is not written and has no default"_s.arg(text(field.name)));
                continue;
            }
            const AvroStep way{AvroStep::Kind::Field, *source};
            const Step step(*this, QString::number(i), text(field.name), &way);
            const Step type(*this, u"type"_s, {}, nullptr);
            check(field.type, writer.fields[*source].type);
        }
    }

    static constexpr std::size_t mostFindings = 1'000;
    const AvroSchema& m_reader;
    const AvroSchema& m_writer;
    AvroFit& m_fit;
    std::set<Pair>& m_explained;
    std::set<Pair> m_seen;
    QStringList m_location;
    QStringList m_field;
    std::vector<AvroStep> m_way; // in the writer
    std::vector<AvroIncompatibility> m_found;
};

} // namespace

QString avroReasonWord(AvroReason reason)
{
    switch (reason) {
    case Reason::NameMismatch:
        return u"name_mismatch"_s;
    case Reason::FixedSizeMismatch:
        return u"fixed_size_mismatch"_s;
    case Reason::MissingEnumSymbols:
        return u"missing_enum_symbols"_s;
    case Reason::ReaderFieldMissingDefaultValue:
        return u"reader_field_missing_default_value"_s;
    case Reason::TypeMismatch:
        return u"type_mismatch"_s;
    case Reason::MissingUnionBranch:
        return u"missing_union_branch"_s;
    }
    return {};
}

QString avroTypeText(const AvroSchema& schema, std::uint32_t index)
{
    const AvroType& type = schema.types[index];
    switch (type.kind) {
    case Kind::Null:
        return u"null"_s;
    case Kind::Boolean:
        return u"boolean"_s;
    case Kind::Int:
        return u"int"_s;
    case Kind::Long:
        return u"long"_s;
    case Kind::Float:
        return u"float"_s;
    case Kind::Double:
        return u"double"_s;
    case Kind::Bytes:
        return u"bytes"_s;
    case Kind::String:
        return u"string"_s;
    case Kind::Record:
        return u"record "_s + text(type.name);
    case Kind::Enum:
        return u"enum "_s + text(type.name);
    case Kind::Fixed:
        return u"fixed "_s + text(type.name);
    case Kind::Array:
        return u"array of "_s + avroTypeText(schema, type.choices.front());
    case Kind::Map:
        return u"map of "_s + avroTypeText(schema, type.choices.front());
    case Kind::Union: {
        QStringList branches;
        for (const std::uint32_t choice : type.choices)
            branches.append(avroTypeText(schema, choice));
        return u"union of "_s + branches.mid(0, 20).join(u", ");
    }
    }
    return {};
}

std::vector<AvroIncompatibility> avroIncompatibilities(const AvroSchema& reader, const AvroSchema& writer)
{
    AvroFit fit(reader, writer);
    std::set<Pair> explained;
    return Matcher(reader, writer, fit, explained).run();
}

} // namespace spillway
