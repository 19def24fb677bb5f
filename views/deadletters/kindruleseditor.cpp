// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/deadletters/kindruleseditor.h"

#include "model/base/text.h"
#include "model/workspace/issuelist.h"
#include "views/theme/tokens.h"
#include "views/widgets/plaintextlabel.h"

#include <QEvent>
#include <QFontDatabase>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QTextBlock>
#include <QVBoxLayout>

#include <algorithm>

namespace spillway::views {
using namespace Qt::Literals::StringLiterals;

namespace {

constexpr std::size_t mostFaults = 200;
constexpr int mostFaultRows = 5; // that have room at once
constexpr int faultRowHeight = 24;
constexpr int blanksOfTab = 4;

QString faultText(const FileIssue& issue)
{
    const QString place =
        issue.place.line > 0 ? u"%1:%2: "_s.arg(issue.place.line).arg(std::max(1, issue.place.column)) : QString();
    const QString remedy = issue.remedy.isEmpty() ? QString() : u"; "_s + issue.remedy;
    return visibleText(place + issue.message + remedy);
}

/// Where a place of a file is in the text; a pair of surrogates is one character there.
QTextCursor cursorAt(QTextDocument& document, int line, int column)
{
    const QTextBlock block = document.findBlockByNumber(std::clamp(line - 1, 0, document.blockCount() - 1));
    const QString content = block.text();
    int at = 0;
    for (int i = 1; i < column && at < content.size(); ++i)
        at += content[at].isHighSurrogate() && at + 1 < content.size() ? 2 : 1;
    QTextCursor cursor(block);
    cursor.setPosition(block.position() + at);
    return cursor;
}

} // namespace

KindRulesEditor::KindRulesEditor(QWidget* parent)
    : QWidget(parent)
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 8, 8);
    layout->setSpacing(4);
    m_name = new PlainTextLabel({}, TextSize::Body, PlainTextLabel::Ink::Muted, this);
    m_name->setElided(true);
    layout->addWidget(m_name);
    m_edit = new QPlainTextEdit(this);
    m_edit->setObjectName(u"kindRulesText"_s);
    m_edit->setAccessibleName(tr("Own rules, as YAML"));
    m_edit->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_edit->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_edit->setTabChangesFocus(true); // a tab is no YAML
    m_edit->setTabStopDistance(m_edit->fontMetrics().horizontalAdvance(u' ') * blanksOfTab);
    m_edit->setPlaceholderText(tr("rules:\n"
                                  "  - name: stock says no\n"
                                  "    kind: business\n"
                                  "    class: '\\.StockClientException$'\n"
                                  "    reason: the stock service refuses what is sold out\n"
                                  "disable: []"));
    connect(m_edit, &QPlainTextEdit::textChanged, this, &KindRulesEditor::textChanged);
    layout->addWidget(m_edit, 1);
    m_faults = new QListWidget(this);
    m_faults->setObjectName(u"kindRulesFaults"_s);
    m_faults->setAccessibleName(tr("What is wrong with the rules"));
    m_faults->setWordWrap(true);
    m_faults->hide();
    const auto follow = [this](int row) {
        if (row >= 0 && row < std::ssize(m_issues)) {
            const FilePlace& place = m_issues[static_cast<std::size_t>(row)].place;
            goTo(std::max(1, place.line), std::max(1, place.column));
        }
    };
    connect(m_faults, &QListWidget::itemActivated, this,
            [this, follow](QListWidgetItem* item) { follow(m_faults->row(item)); });
    connect(m_faults, &QListWidget::itemClicked, this,
            [this, follow](QListWidgetItem* item) { follow(m_faults->row(item)); });
    layout->addWidget(m_faults);
}

void KindRulesEditor::show(const QByteArray& text, const QString& name)
{
    setName(name);
    m_hasCarriageReturns = text.contains("\r\n");
    m_edit->setPlainText(QString::fromUtf8(text));
}

void KindRulesEditor::setName(const QString& name)
{
    m_name->setText(visibleText(name));
}

QByteArray KindRulesEditor::text() const
{
    // toPlainText would make blanks of those that do not break.
    QString text = m_edit->document()->toRawText();
    text.replace(QChar::ParagraphSeparator, m_hasCarriageReturns ? u"\r\n"_s : u"\n"_s);
    return text.toUtf8();
}

void KindRulesEditor::showFaults(const std::vector<FileIssue>& issues)
{
    m_issues = issues;
    if (m_issues.size() > mostFaults)
        m_issues.resize(mostFaults);
    m_hasErrors = spillway::hasErrors(issues);
    m_faults->clear();
    for (const FileIssue& issue : m_issues)
        m_faults->addItem(issue.severity == IssueSeverity::Warning ? tr("Warning: %1").arg(faultText(issue))
                                                                   : faultText(issue));
    const int rows = std::min(static_cast<int>(m_issues.size()) * 2, mostFaultRows);
    m_faults->setFixedHeight(rows * faultRowHeight + 4);
    m_faults->setVisible(!m_issues.empty());
    underline();
}

void KindRulesEditor::underline()
{
    const Tokens& tokens = tokensFor(palette());
    QList<QTextEdit::ExtraSelection> marks;
    for (const FileIssue& issue : m_issues) {
        if (issue.place.line < 1)
            continue;
        QTextEdit::ExtraSelection mark;
        mark.cursor = cursorAt(*m_edit->document(), issue.place.line, issue.place.column);
        mark.cursor.movePosition(QTextCursor::EndOfBlock, QTextCursor::KeepAnchor);
        mark.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        mark.format.setUnderlineColor(issue.severity == IssueSeverity::Error ? tokens.critical : tokens.warning);
        marks += mark;
    }
    m_edit->setExtraSelections(marks);
}

void KindRulesEditor::goTo(int line, int column)
{
    m_edit->setTextCursor(cursorAt(*m_edit->document(), line, column));
    m_edit->ensureCursorVisible();
    m_edit->setFocus();
}

void KindRulesEditor::changeEvent(QEvent* event)
{
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        underline();
}

} // namespace spillway::views
