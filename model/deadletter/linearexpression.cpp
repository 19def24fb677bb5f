// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/deadletter/linearexpression.h"

#include "model/deadletter/linearpattern.h"

#include <QRegularExpression>

#include <re2/re2.h>

#include <utility>

namespace spillway {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::int64_t mostMemory = 64LL << 20; // Unicode's classes, counted, take their room

std::unique_ptr<const re2::RE2> compiled(const QString& text)
{
    re2::RE2::Options options;
    options.set_log_errors(false); // they would quote the expression
    options.set_max_mem(mostMemory);
    auto expression = std::make_unique<const re2::RE2>(text.toStdString(), options);
    return expression->ok() ? std::move(expression) : nullptr;
}

bool isPart(const re2::RE2& expression, const QByteArray& bytes)
{
    return re2::RE2::PartialMatch(re2::StringPiece(bytes.constData(), static_cast<std::size_t>(bytes.size())),
                                  expression);
}

} // namespace

struct LinearExpression::Engine
{
    std::unique_ptr<const re2::RE2> plain;
    std::unique_ptr<const re2::RE2> marked; ///< null: plain is for every text
    int marks = 0;
    bool isInLineFeed = false; ///< PCRE's answer for the text that is one line feed
};

LinearExpression::LinearExpression(std::shared_ptr<const Engine> engine)
    : m_engine(std::move(engine))
{
}

std::optional<LinearExpression> LinearExpression::of(QStringView pattern)
{
    const auto translated = linearPattern(pattern);
    const QRegularExpressionMatch lineFeed = QRegularExpression(pattern.toString()).match(u"\n"_s);
    if (!translated || !lineFeed.isValid())
        return std::nullopt;
    auto engine = std::make_shared<Engine>();
    engine->plain = compiled(translated->plain);
    if (!translated->isSame)
        engine->marked = compiled(translated->marked);
    engine->marks = translated->marksOfTheEnd;
    engine->isInLineFeed = lineFeed.hasMatch();
    if (!engine->plain || (!translated->isSame && !engine->marked))
        return std::nullopt;
    return LinearExpression(std::move(engine));
}

bool LinearExpression::isIn(const QString& text) const
{
    if (!m_engine->marked || !text.endsWith(u'\n'))
        return isPart(*m_engine->plain, text.toUtf8());
    return text.size() == 1 ? m_engine->isInLineFeed
                            : isPart(*m_engine->marked, withMarkedEnd(text.toUtf8(), m_engine->marks));
}

} // namespace spillway
