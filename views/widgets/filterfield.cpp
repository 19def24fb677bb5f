// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/widgets/filterfield.h"

#include "model/base/text.h"
#include "views/theme/icons.h"
#include "views/widgets/completionlist.h"
#include "views/widgets/flowlayout.h"
#include "views/widgets/plaintextlabel.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>
#include <vector>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int shortestChipEdit = 120;
constexpr int leastEdit = 280; // pixels; less is a line of its own
constexpr int crossPixels = 20;

/// A line shows it as it is, and what one types there is what one sees.
bool isPlain(const QString& term)
{
    return visibleText(term) == term;
}

/// What a query is made of outside its quotes: a parenthesis or a word up to the next space or parenthesis.
struct Piece
{
    QStringView text;
    qsizetype end = 0; ///< behind it
    int depth = 0;     ///< of parentheses that are open there, itself included
};

/// In their order. Quotes and what stands in them belong to the word around them.
std::vector<Piece> piecesOf(QStringView query)
{
    std::vector<Piece> pieces;
    bool inQuotes = false;
    int depth = 0;
    qsizetype start = 0; // of the word that goes on
    const auto endWord = [&](qsizetype at) {
        if (at > start)
            pieces.push_back({query.sliced(start, at - start), at, depth});
        start = at + 1;
    };
    for (qsizetype at = 0; at < query.size(); ++at) {
        const QChar c = query[at];
        if (inQuotes && c == u'\\') {
            ++at; // what stands behind it ends no quotes
        } else if (c == u'"') {
            inQuotes = !inQuotes;
        } else if (!inQuotes && (c == u'(' || c == u')')) {
            endWord(at);
            depth += c == u'(' ? 1 : 0;
            pieces.push_back({query.sliced(at, 1), at + 1, depth});
            depth -= c == u')' ? 1 : 0;
        } else if (!inQuotes && c.isSpace()) {
            endWord(at);
        }
    }
    endWord(query.size());
    return pieces;
}

/// A term beside others: an OR would else take its neighbours for its own.
QString besideOthers(const QString& term)
{
    const std::vector<Piece> pieces = piecesOf(term);
    const auto count = [&pieces](QStringView text) {
        return std::count_if(pieces.begin(), pieces.end(), [text](const Piece& piece) { return piece.text == text; });
    };
    const bool isPaired = count(u"(") == count(u")"); // else one of them belongs to a value, and depths are guesses
    const bool takesMore = std::any_of(pieces.begin(), pieces.end(), [isPaired](const Piece& piece) {
        return piece.text == u"OR" && (piece.depth == 0 || !isPaired);
    });
    return takesMore ? u'(' + term + u')' : term;
}

/// As chips; one alone stays as it was typed.
QStringList besideEachOther(QStringList terms)
{
    if (terms.size() > 1)
        std::transform(terms.begin(), terms.end(), terms.begin(), besideOthers);
    return terms;
}

/// The place of a character, counted from 1, in UTF-16.
int placeOf(const QString& text, int column)
{
    int place = 0;
    for (int character = 1; character < column && place < text.size(); ++character)
        place += text[place].isHighSurrogate() && place + 1 < text.size() ? 2 : 1;
    return place;
}

} // namespace

FilterField::FilterField(QWidget* parent)
    : QWidget(parent)
{
    m_edit = new QLineEdit(this);
    m_edit->setObjectName(u"filterEdit"_s);
    m_edit->setAccessibleName(tr("Filter"));
    m_edit->setFont(monoFont());
    m_edit->addAction(icon(u"search"), QLineEdit::LeadingPosition);
    m_edit->installEventFilter(this);
    m_fault = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Text, this);
    m_fault->setObjectName(u"filterFault"_s);
    m_fault->setTone(Tone::Critical);
    m_fault->setWordWrap(true);
    m_fault->hide();
    m_row = new FlowLayout(8);
    m_row->setLeastOfLast(leastEdit);
    m_row->addWidget(m_edit);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addLayout(m_row);
    layout->addWidget(m_fault);
    connect(m_edit, &QLineEdit::returnPressed, this, &FilterField::takeTyped);
    connect(m_edit, &QLineEdit::textEdited, this, [this] {
        showFault(std::nullopt);
        offerWords();
    });
    m_words = new CompletionList(m_edit);
    connect(m_words, &CompletionList::chosen, this, &FilterField::takeWord);
}

void FilterField::setPlaceholder(const QString& text)
{
    m_edit->setPlaceholderText(text);
}

void FilterField::setQuery(const QString& query)
{
    const std::optional<FilterFault> fault = m_check && !query.trimmed().isEmpty() ? m_check(query) : std::nullopt;
    m_edit->setText(fault ? query : QString());
    m_chips = fault ? QStringList() : queryTerms(query);
    m_editedChip = -1;
    rebuild();
    showFault(fault);
}

QString FilterField::query() const
{
    return m_chips.join(u' ');
}

QString FilterField::faultText() const
{
    return m_fault->isHidden() ? QString() : m_fault->fullText();
}

void FilterField::startTyping()
{
    m_edit->setFocus(Qt::ShortcutFocusReason);
    m_edit->selectAll();
}

bool FilterField::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == m_edit && (event->type() == QEvent::FocusOut || event->type() == QEvent::Hide))
        m_words->hide();
    if (m_chipEdit && watched == m_chipEdit && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        m_editedChip = -1; // as it was
        rebuild();
        showFault(std::nullopt);
        m_edit->setFocus(Qt::OtherFocusReason);
        return true;
    }
    if (watched == m_edit && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (m_words->takeKey(key->key()))
            return true;
        if (key->key() == Qt::Key_Backspace && m_edit->text().isEmpty() && !m_chips.isEmpty()) {
            const QString last = m_chips.last();
            removeChip(m_chips.size() - 1);
            if (isPlain(last))
                m_edit->setText(last);
            return true;
        }
        if (key->key() == Qt::Key_Escape && !m_edit->text().isEmpty()) {
            m_edit->clear();
            showFault(std::nullopt);
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void FilterField::takeTyped()
{
    if (m_edit->text().trimmed().isEmpty())
        return;
    m_words->hide();
    if (isSound(*m_edit))
        takeTerms(queryTerms(m_edit->text()));
}

bool FilterField::isSound(QLineEdit& line)
{
    const std::optional<FilterFault> fault = m_check ? m_check(line.text()) : std::nullopt;
    if (!fault)
        return true;
    line.setCursorPosition(placeOf(line.text(), fault->column));
    showFault(fault);
    return false;
}

bool FilterField::isSound(const QStringList& terms)
{
    const std::optional<FilterFault> fault = m_check ? m_check(terms.join(u' ')) : std::nullopt;
    if (fault)
        showFault(FilterFault{0, fault->message}); // too much of what is sound by itself
    return !fault;
}

void FilterField::addTerm(const QString& term)
{
    if (!m_chips.contains(term))
        takeTerms({term});
}

void FilterField::takeTerms(const QStringList& added)
{
    const QStringList before = m_chips;
    const QStringList wanted = besideEachOther(m_chips + added);
    if (!isSound(wanted))
        return;
    m_chips = wanted;
    m_editedChip = -1;
    m_edit->clear();
    rebuild();
    showFault(std::nullopt);
    if (m_chips != before)
        Q_EMIT queryChanged(query());
}

void FilterField::offerWords()
{
    if (!m_complete)
        return;
    const FilterCompletion completion = m_complete(m_edit->text(), m_edit->cursorPosition());
    m_wordStart = completion.start;
    m_words->offer(completion.terms);
}

void FilterField::takeWord(const QString& word)
{
    const QString text = m_edit->text();
    const qsizetype end = m_edit->cursorPosition();
    const qsizetype start = std::clamp<qsizetype>(m_wordStart, 0, end);
    m_edit->setText(text.first(start) + word + text.sliced(end));
    m_edit->setCursorPosition(static_cast<int>(start + word.size()));
    showFault(std::nullopt);
    if (word.endsWith(u':') || word.endsWith(u'=') || word.endsWith(u'.') || word.endsWith(u'>'))
        offerWords();
}

void FilterField::showMenuButton(const QString& toolTip)
{
    QAction* button = m_edit->addAction(icon(u"folder"), QLineEdit::TrailingPosition);
    button->setObjectName(u"filterMenu"_s);
    button->setText(toolTip);
    button->setToolTip(plainToolTip(toolTip));
    connect(button, &QAction::triggered, this,
            [this] { Q_EMIT menuRequested(m_edit->mapToGlobal(QPoint(0, m_edit->height()))); });
}

void FilterField::removeChip(qsizetype index)
{
    m_editedChip = -1;
    m_chips.removeAt(index);
    rebuild();
    showFault(std::nullopt);
    Q_EMIT queryChanged(query());
}

void FilterField::editChip(qsizetype index)
{
    m_editedChip = index;
    rebuild();
    m_chipEdit->setFocus(Qt::OtherFocusReason);
    m_chipEdit->selectAll();
}

void FilterField::takeEdited(qsizetype index)
{
    const QStringList terms = queryTerms(m_chipEdit->text().trimmed());
    if (terms.isEmpty()) {
        removeChip(index);
        return;
    }
    if (!isSound(*m_chipEdit))
        return;
    QStringList wanted = besideEachOther(m_chips.first(index) + terms + m_chips.sliced(index + 1));
    if (!isSound(wanted))
        return;
    m_editedChip = -1;
    const bool isChanged = std::exchange(m_chips, wanted) != wanted;
    rebuild();
    showFault(std::nullopt);
    m_edit->setFocus(Qt::OtherFocusReason);
    if (isChanged)
        Q_EMIT queryChanged(query());
}

/// The term, which a click edits, and beside it the cross that removes it.
QWidget* FilterField::chipOf(qsizetype index)
{
    const QString& term = m_chips[index];
    auto* chip = new QWidget(this);
    auto* text = new QPushButton(chip);
    text->setObjectName(u"chip"_s);
    text->setFont(monoFont());
    const QString shown = visibleText(term);
    text->setText(QFontMetrics(text->font()).elidedText(shown, Qt::ElideMiddle, 260).replace(u'&', u"&&"_s));
    text->setAccessibleName(tr("Edit the filter %1").arg(shown));
    text->setToolTip(plainToolTip(isPlain(term) ? tr("Edit: %1").arg(shown)
                                                : tr("%1 holds characters that cannot be typed").arg(shown)));
    if (isPlain(term))
        connect(text, &QPushButton::clicked, this, [this, index] { editChip(index); });
    auto* cross = new QToolButton(chip);
    cross->setObjectName(u"chipRemove"_s);
    cross->setIcon(icon(u"close"));
    cross->setIconSize(QSize(10, 10));
    cross->setAutoRaise(true);
    cross->setFixedWidth(crossPixels);
    cross->setFocusPolicy(Qt::TabFocus);
    cross->setAccessibleName(tr("Remove the filter %1").arg(shown));
    cross->setToolTip(plainToolTip(tr("Remove: %1").arg(shown)));
    connect(cross, &QToolButton::clicked, this, [this, index] { removeChip(index); });
    auto* layout = new QHBoxLayout(chip);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    layout->addWidget(text);
    layout->addWidget(cross);
    return chip;
}

QLineEdit* FilterField::lineOf(qsizetype index)
{
    auto* line = new QLineEdit(m_chips[index], this);
    line->setObjectName(u"chipEdit"_s);
    line->setAccessibleName(tr("The filter %1").arg(m_chips[index]));
    line->setFont(monoFont());
    line->setMinimumWidth(
        std::clamp(QFontMetrics(line->font()).horizontalAdvance(m_chips[index]) + 32, shortestChipEdit, 320));
    line->installEventFilter(this);
    connect(line, &QLineEdit::returnPressed, this, [this, index] { takeEdited(index); });
    connect(line, &QLineEdit::textEdited, this, [this] { showFault(std::nullopt); });
    return line;
}

void FilterField::rebuild()
{
    for (QWidget* chip : std::as_const(m_chipWidgets)) {
        m_row->removeWidget(chip);
        chip->hide();
        chip->deleteLater(); // its own click may be what removes it
    }
    m_chipWidgets.clear();
    m_chipEdit = nullptr;
    for (qsizetype i = 0; i < m_chips.size(); ++i) {
        QWidget* chip = i == m_editedChip ? (m_chipEdit = lineOf(i)) : chipOf(i);
        m_row->insertWidget(static_cast<int>(i), chip);
        chip->show();
        m_chipWidgets << chip;
    }
}

void FilterField::showFault(const std::optional<FilterFault>& fault)
{
    if (fault)
        m_fault->setText(fault->column > 0 ? tr("Column %1: %2").arg(fault->column).arg(fault->message)
                                           : fault->message);
    m_fault->setVisible(fault.has_value());
}

QStringList queryTerms(const QString& query)
{
    QStringList terms;
    qsizetype start = 0;
    for (const Piece& piece : piecesOf(query)) {
        const bool isOutermost = piece.depth <= (piece.text == u")" ? 1 : 0);
        if (isOutermost && (piece.text == u"OR" || piece.text == u"AND" || piece.text == u"NOT"))
            return {query.trimmed()};
        const bool endsTerm = piece.end >= query.size() || query[piece.end].isSpace();
        if (!isOutermost || !endsTerm)
            continue;
        terms << query.sliced(start, piece.end - start).trimmed();
        start = piece.end;
    }
    if (const QString rest = query.sliced(start).trimmed(); !rest.isEmpty())
        terms << rest; // quotes or parentheses that are not closed
    return terms;
}

} // namespace spillway::views
