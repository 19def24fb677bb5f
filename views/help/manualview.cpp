// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/help/manualview.h"

#include "views/theme/fonts.h"
#include "views/theme/tokens.h"

#include <QEvent>
#include <QFile>
#include <QImage>
#include <QTextBlock>
#include <QTextDocument>
#include <QTextFrame>
#include <QTextTable>

using namespace Qt::Literals::StringLiterals;

namespace spillway::views {

namespace {

constexpr int widestPicture = 880; // a window's picture beside the text it explains

bool isManualFile(const QUrl& url, QStringView ending)
{
    const QString path = url.path();
    return url.isRelative() && !path.contains(u'/') && !path.contains(u".."_s) && path.endsWith(ending);
}

/// Our four sizes instead of the document's own.
void fitHeadings(QTextDocument& document)
{
    for (QTextBlock block = document.begin(); block.isValid(); block = block.next()) {
        const int level = block.blockFormat().headingLevel();
        QTextCursor cursor(block);
        QTextBlockFormat blockFormat = block.blockFormat();
        blockFormat.setLineHeight(130, QTextBlockFormat::ProportionalHeight);
        if (level > 0) {
            cursor.select(QTextCursor::BlockUnderCursor);
            QTextCharFormat format;
            format.setFont(
                uiFont(level == 1 ? TextSize::Display : (level == 2 ? TextSize::Title : TextSize::Body), true));
            cursor.mergeCharFormat(format);
            blockFormat.setTopMargin(level == 1 ? 0 : 16);
            blockFormat.setBottomMargin(8);
        }
        QTextCursor(block).setBlockFormat(blockFormat);
    }
}

void fitTables(QTextFrame* frame, const Tokens& tokens)
{
    const QList<QTextFrame*> children = frame->childFrames();
    for (QTextFrame* child : children) {
        if (auto* table = qobject_cast<QTextTable*>(child)) {
            QTextTableFormat format = table->format();
            format.setBorder(1);
            format.setBorderCollapse(true);
            format.setBorderBrush(tokens.line);
            format.setBorderStyle(QTextFrameFormat::BorderStyle_Solid);
            format.setCellPadding(6);
            format.setCellSpacing(0);
            table->setFormat(format);
        }
        fitTables(child, tokens);
    }
}

} // namespace

ManualView::ManualView(QWidget* parent)
    : QTextBrowser(parent)
{
    setOpenLinks(false);
    setOpenExternalLinks(false);
    setUndoRedoEnabled(false);
    setFont(uiFont());
    document()->setDocumentMargin(16);
    connect(this, &QTextBrowser::anchorClicked, this, [this](const QUrl& url) {
        if (isManualFile(url, u".md"))
            Q_EMIT pageAsked(url.path());
    });
}

void ManualView::showMarkdown(const QString& markdown)
{
    m_markdown = markdown;
    render();
}

QVariant ManualView::loadResource(int type, const QUrl& name)
{
    if (type != QTextDocument::ImageResource || !isManualFile(name, u".png"))
        return {};
    const QImage picture(u":/spillway/manual/"_s + name.path());
    return picture.width() > widestPicture ? picture.scaledToWidth(widestPicture, Qt::SmoothTransformation) : picture;
}

void ManualView::changeEvent(QEvent* event)
{
    QTextBrowser::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && !m_isRendering)
        render();
}

void ManualView::render()
{
    m_isRendering = true;
    document()->setMarkdown(m_markdown, QTextDocument::MarkdownFeatures(QTextDocument::MarkdownDialectGitHub) |
                                            QTextDocument::MarkdownNoHTML);
    fitHeadings(*document());
    fitTables(document()->rootFrame(), tokensFor(palette()));
    moveCursor(QTextCursor::Start);
    m_isRendering = false;
}

} // namespace spillway::views
